#!/usr/bin/env bash
# Style, types, import contracts and tidiness: runs them all, says how many failed, fails if any did.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=0
run() {
  local name=$1; shift
  if output=$("$@" 2>&1); then echo "ok      $name"; else
    echo "FAILED  $name"; echo "$output" | tail -40; failed=$((failed + 1)); fi
}
run "ruff: style" $bin/ruff check --quiet src tests benchmarks
run "ruff: format of imports and lines" $bin/ruff format --quiet --check src tests benchmarks
run "mypy: types (strict on kernel, law, engine, rules, columns)" $bin/mypy --no-error-summary src/qingshou
run "import-linter: layers" $bin/lint-imports
run "tidy: the house rules" $bin/python -m pytest -q -p no:cacheprovider tests/tidy
echo "$failed of 5 checks failed"
[ "$failed" -eq 0 ]

#!/usr/bin/env bash
# Everything: checks, then the tests in two processes, then those that need the machine for themselves.
set -euo pipefail
cd "$(dirname "$0")/.."
export QINGSHOU_MODE=test QINGSHOU_HOME="${QINGSHOU_TEST_HOME:-$PWD/var/test}"
unset DATABASE_URL APP_DATABASE_URL QINGSHOU_DATABASE_NAME QINGSHOU_DATABASE_ROLE || true
mkdir -p "$QINGSHOU_HOME"
bin=.venv/bin
$bin/python -m qingshou.interfaces.web.assets
$bin/python -m qingshou.interfaces.web.catalogues
tests/check.sh
$bin/python -m pytest -n 2 --dist loadfile tests --ignore tests/tidy --ignore tests/faults --ignore tests/journeys
$bin/python -m pytest tests/faults tests/journeys

"""`qingshou bench`: the figures of benchmarks/README.md, measured here and now."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from qingshou.kernel.errors import NotFound

# name -> script and its arguments; each prints one JSON object as its last line
BENCHMARKS = {
    "classify": ["classify.py"],
    "age": ["age.py"],
    "import": ["import_csv.py"],
    "day": ["day.py"],
    "pages": ["pages.py"],
    "webhooks": ["webhooks.py"],
    "sender_kills": ["sender_kills.py"],
    "credit_record": ["credit_record.py"],
    "roll_counts": ["roll_counts.py"],
    "business_loans": ["business_loans.py"],
    "replies": ["replies.py"],
    "door": ["door.py"],
    "campaign": ["campaign.py"],
    "best-time": ["best_time.py"],
    "offers": ["offers.py"],
    "payments": ["payments.py"],
    "ledger_race": ["ledger_race.py"],
}


def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all when none is named.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Run the benchmarks one after the other; a missing data set says 'data not given', never 'ok'."""
    folder = Path(__file__).resolve().parents[4] / "benchmarks"
    if not folder.is_dir():
        raise NotFound("The benchmarks lie beside the source: run this from a checkout of the project.")
    console = Console(stderr=True)
    results = {}
    for name in names or list(BENCHMARKS):
        if name not in BENCHMARKS:
            raise NotFound(f"There is no benchmark '{name}': choose from {', '.join(BENCHMARKS)}.", name=name)
        script, *arguments = BENCHMARKS[name]
        console.print(f"{name} ...")
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(
                [sys.executable, str(folder / script), *arguments, "--json"],
                stdout=subprocess.PIPE,
                text=True,
                check=False,
                env=os.environ | {"QINGSHOU_MODE": "test", "QINGSHOU_HOME": home},
            )
        lines = done.stdout.strip().splitlines()
        results[name] = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {"failed": done.returncode}
    if as_json:
        print(json.dumps(results, ensure_ascii=False))  # noqa: T201
    else:
        _show(results)
    if any("failed" in result or result.get("met") is False for result in results.values()):
        raise typer.Exit(1)


def _show(results: dict[str, dict[str, object]]) -> None:
    table = Table("benchmark", "figure", "value")
    for name, result in results.items():
        for key, value in result.items():
            table.add_row(
                name, key, json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
            )
    Console().print(table)

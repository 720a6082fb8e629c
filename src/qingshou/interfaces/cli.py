"""The one console script: `qingshou`. Mounts each area's commands; errors leave with the exit code of their kind.

Exit codes: 0 done; 1 something unforeseen; 2 wrong usage; 65 bad input; 66 not found; 69 not covered by the law held;
75 busy or in conflict, try later; 77 not allowed; 78 settings incomplete.
"""

import json
import logging
import sys
from importlib import import_module

import typer
from rich.console import Console

from qingshou.kernel.errors import QingshouError

app = typer.Typer(
    name="qingshou",
    help="Qingshou (清收): overdue loans found, aged, classified, and on somebody's desk.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Keep commands named even when only one of them is mounted."""


# Where each group of commands lives; a module gives its Typer as `app`.
GROUPS = {
    "day": "qingshou.interfaces.commands.day",
    "book": "qingshou.interfaces.commands.book",
    "law": "qingshou.interfaces.commands.law",
    "audit": "qingshou.interfaces.commands.audit",
    "lender": "qingshou.interfaces.commands.lender",
    "contact": "qingshou.interfaces.commands.contact",
    "repayment": "qingshou.interfaces.commands.repayment",
}
# Single commands at the top: module and function.
COMMANDS = {
    "up": ("qingshou.interfaces.commands.serve", "up"),
    "demo": ("qingshou.interfaces.commands.serve", "demo"),
    "worker": ("qingshou.interfaces.commands.serve", "worker"),
    "migrate": ("qingshou.interfaces.commands.serve", "migrate"),
    "settings": ("qingshou.interfaces.commands.settings", "settings"),
    "verify": ("qingshou.interfaces.commands.verify", "verify"),
    "bench": ("qingshou.interfaces.commands.bench", "bench"),
}


def _mount(wanted: str | None) -> None:
    """Mount the group or command that is asked for, or all of them for help and completion: starting stays quick."""
    for name, module in GROUPS.items():
        if wanted in (None, name):
            app.add_typer(import_module(module).app, name=name)
    for name, (module, function) in COMMANDS.items():
        if wanted in (None, name):
            app.command(name)(getattr(import_module(module), function))


def main() -> None:
    """Run the command line; the only broad handler: it logs what is unforeseen and says so plainly."""
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    known = {*GROUPS, *COMMANDS}
    _mount(arguments[0] if arguments and arguments[0] in known else None)
    try:
        app()
    except QingshouError as error:
        _tell(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


def _tell(error: QingshouError) -> None:
    """Say what, why and what to do: as a problem object with --json, in words otherwise."""
    if "--json" in sys.argv:
        problem = {"type": error.code, "title": error.message, "status": error.http_status, **error.fields}
        print(json.dumps(problem, ensure_ascii=False, default=str))  # noqa: T201
    else:
        Console(stderr=True).print(f"{error.code}: {error.message}", style="red", highlight=False, markup=False)
    logging.getLogger("qingshou").debug("refused", exc_info=error)


if __name__ == "__main__":
    main()

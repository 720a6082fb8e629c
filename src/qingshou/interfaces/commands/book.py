"""`qingshou book`: import, guess, age, classify and matrix, each from its own file."""

from importlib import import_module

import typer

app = typer.Typer(help="The loan book: take it in, age it, classify it, see how it moves.", no_args_is_help=True)

for _module in ("book_import", "age", "classify", "matrix"):
    _commands = import_module(f"qingshou.interfaces.commands.{_module}").app
    app.registered_commands.extend(_commands.registered_commands)

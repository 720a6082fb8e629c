"""JSON files given to a command: opened and read, every fault told with its place."""

import json
from pathlib import Path
from typing import Any

from qingshou.kernel.errors import BadInput, NotFound


def json_text(file: Path, *, bytes_max: int) -> str:
    """Return the text of a JSON file; stops with NotFound where it cannot be opened, BadInput where it is no text."""
    try:
        if file.stat().st_size > bytes_max:
            raise BadInput(f"{file.name} is larger than {bytes_max // 1024**2} MiB: split it.")
        return file.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError, PermissionError):
        raise NotFound(f"{file.name} cannot be opened: check the path and whether you may read it.") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{file.name} is not UTF-8 (byte {error.start}): save it as UTF-8.") from None


def json_of(text: str, *, name: str, wanted: str, **options: Any) -> Any:
    """Return what a JSON text holds; stops with BadInput naming the place.

    Takes   wanted   what is to be given, for who nested it too deeply
            options  of json.loads: how numbers and objects are read
    """
    try:
        return json.loads(text, **options)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadInput(f"{name} is no JSON ({where}: {error.msg}): correct it there.") from None
    except RecursionError:
        raise BadInput(f"{name} is nested too deeply: give {wanted}.") from None

"""Lists of ids as PostgreSQL reads an array: one text is adapted at once, a long list value by value.

The type is that of the column they are compared with, or of the cast beside them.
"""

from collections.abc import Collection
from uuid import UUID


def as_array(values: Collection[object]) -> object:
    """Return ids or blind indexes as one text; a list of anything else as it is, for the driver to adapt."""
    kinds = {type(value) for value in values}
    if kinds == {UUID}:
        return uuid_array(values)  # type: ignore[arg-type]
    if kinds == {bytes}:
        return bytes_array(values)  # type: ignore[arg-type]
    return list(values)


def uuid_array(ids: Collection[UUID]) -> str:
    """Return ids as the text of an array."""
    return "{" + ",".join([one.hex for one in ids]) + "}"


def bytes_array(values: Collection[bytes]) -> str:
    """Return bytes as the text of an array."""
    return "{" + ",".join([f'"\\\\x{one.hex()}"' for one in values]) + "}"


def text_array(values: Collection[str | None]) -> str:
    """Return texts, or instants as ISO 8601, as the text of an array; None is NULL."""
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

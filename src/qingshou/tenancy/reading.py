"""Statements of ours that are asked so often that asking each alone would be most of their cost.

A `Reading` says what is asked and what is made of the rows; `read_together` asks several in one exchange with the
database. The tables' policies judge every row, as always.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection

T = TypeVar("T")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """One question, and what is made of its rows."""

    statement: str  # ours, with named parameters
    parameters: Mapping[str, object]
    made: Callable[[Rows], T]


def read(reading: Reading[T]) -> T:
    """Return the answer to one question."""
    with connection.cursor() as cursor:
        cursor.execute(reading.statement, reading.parameters)
        return reading.made(cursor.fetchall())


def read_together(*readings: Reading[Any]) -> tuple[Any, ...]:
    """Return the answers in the order of the questions; each sees what is committed when its own turn comes."""
    with connection.cursor() as cursor:
        cursor.execute(";".join(cursor.mogrify(one.statement, one.parameters) for one in readings))
        found = []
        for one in readings:
            found.append(one.made(cursor.fetchall()))
            cursor.nextset()
    return tuple(found)

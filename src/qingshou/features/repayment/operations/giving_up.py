"""What is given up of a debt when a plan is kept, and taken back when the money that kept it was: the ledger does it.

The ledger registers how when the application starts; without it a plan that gives something up cannot be completed.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.kernel.errors import Misconfigured


class GivesUp(Protocol):
    """The ledger's own way: one event a loan, which can be taken back for good."""

    def apply(
        self, *, ledger_id: UUID, amounts: Mapping[str, Decimal], reason: str, on: date, actor: Actor, now: datetime
    ) -> UUID:
        """Waive amounts by kind, each at most what is owed of it; gives the event's id."""

    def take_back(self, *, event_id: UUID, on: date, actor: Actor, now: datetime) -> None:
        """Undo a waiver and do again what came after it."""


_way: list[GivesUp] = []


def register_giving_up(way: GivesUp) -> None:
    """Make known how amounts are given up; the last one registered holds."""
    _way[:] = [way]


def giving_up() -> GivesUp:
    """Return how amounts are given up; stops with Misconfigured where nothing was registered."""
    if not _way:
        raise Misconfigured("Nothing can be waived: the ledger registered no way to do it.")
    return _way[0]

"""How the ledger gives up part of a debt for a plan, and takes that back: registered for giving_up.py."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.repayment.models import LedgerEvent
from qingshou.features.repayment.operations.ledger_errors import NothingOpen
from qingshou.features.repayment.operations.ledger_opening import lock_books
from qingshou.features.repayment.operations.loan_acts import waive_step
from qingshou.features.repayment.operations.replay import run
from qingshou.law.allocation.terms import PartKind
from qingshou.tenancy.queries import current_tenant


class LedgerGivesUp:
    """One WAIVER event a loan. It runs inside what follows money, so it does not set that in motion again."""

    def apply(
        self, *, ledger_id: UUID, amounts: Mapping[str, Decimal], reason: str, on: date, actor: Actor, now: datetime
    ) -> UUID:
        """Waive amounts by kind, each at most what is owed of it; gives the event's id."""
        kinds = {PartKind(kind.upper()): amount for kind, amount in amounts.items() if amount > 0}
        return waive_step(loan_id=ledger_id, amounts=kinds, reason=reason, on=on, under=reason, actor=actor, now=now)

    def take_back(self, *, event_id: UUID, on: date, actor: Actor, now: datetime) -> None:
        """Undo a waiver and do again what came after it; told twice, the second changes nothing.

        Takes   on  of the record only: a waiver taken back was never given
        """
        with transaction.atomic():
            borrower = LedgerEvent.objects.values_list("ledger__borrower_id", flat=True).get(id=event_id)
            locked = lock_books(borrower_id=borrower, lender=current_tenant(), actor=actor, now=now)
            event = LedgerEvent.objects.get(id=event_id)
            if event.kind != "WAIVER":
                raise NothingOpen("This is no waiver: only a waiver is taken back here.")
            if event.is_undone:
                return
            found = run(locked, actor=actor, now=now, drop=[(event.effective_date, event.sequence)])
            record(
                subject_kind="LOAN", subject_id=event.ledger_id, action="LOAN_WAIVER_UNDONE", actor=actor, now=now,
                facts={"event": event.id, "on": on, "owed": locked.books.owed(event.ledger_id),
                       "redone": len(found.changed) - 1},
            )  # fmt: skip

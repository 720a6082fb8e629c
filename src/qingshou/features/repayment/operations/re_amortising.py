"""Open principal spread over a new schedule at the desk: asked for, done once another agrees, observed afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.urls import reverse

from qingshou.approvals import operations as approvals
from qingshou.approvals.kinds import Decided, register_kind
from qingshou.approvals.models import ApprovalRequest
from qingshou.audit.actors import Actor
from qingshou.features.book.owing import list_loans_on_tape
from qingshou.features.repayment.operations.ledger_errors import NoSuchLoan
from qingshou.features.repayment.operations.loan_acts import re_amortise
from qingshou.features.repayment.operations.receipts import day_of
from qingshou.features.repayment.phrases.re_amortising import APPROVAL, terms_words
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.features.repayment.rules.new_dates import SCHEDULE_MOST, new_dates, principal_to_spread
from qingshou.kernel.money import minor_digits
from qingshou.tenancy.queries import current_tenant

KIND = "LOAN_RE_AMORTISE"


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """The dates and amounts that the open principal would have."""

    to: Sequence[tuple[date, Decimal]]
    principal: Decimal
    currency: str


def work_out(*, loan_id: UUID, first_on: date, instalments: int, on: date) -> NewSchedule:
    """Return the schedule that the open principal would have; nothing is changed.

    Stops   NoSuchLoan
            PrincipalDue   some of the principal is due already
            NewDatesUnfit  no principal is open, or the dates cannot be taken
    """
    owed = owed_of_loan(loan_id=loan_id)
    principal = principal_to_spread(parts=owed.parts or {}, on=on)
    to = new_dates(
        first_on=first_on, instalments=instalments, amount=principal, on=on, most=SCHEDULE_MOST,
        currency_step=Decimal(1).scaleb(-minor_digits(owed.currency)),
    )  # fmt: skip
    return NewSchedule(to, principal, owed.currency)


def propose_re_amortise(
    *, loan_id: UUID, first_on: date, instalments: int, reason: str, actor: Actor, now: datetime
) -> ApprovalRequest:
    """Ask a second person to spread the open principal over new due dates, a month apart.

    Stops   as work_out; AlreadyAsked, NoReason
    """
    found = work_out(loan_id=loan_id, first_on=first_on, instalments=instalments, on=day_of(current_tenant(), now))
    told = list_loans_on_tape(loan_ids=[loan_id], with_schedule=False)
    if not told:
        raise NoSuchLoan("There is no such loan in the working set, or it is not for you.")
    return approvals.request(
        kind=KIND, subject_kind="LOAN", subject_id=loan_id, subject_label=told[0].loan_ref[:60],
        amount=found.principal, currency=found.currency, actor=actor, reason=reason, now=now,
        payload={"first_on": first_on.isoformat(), "instalments": instalments, "each": str(found.to[0][1]),
                 "last": str(found.to[-1][1]), "last_on": found.to[-1][0].isoformat()},
    )  # fmt: skip


def register_re_amortising() -> None:
    """Make this request known to the queue of approvals; called when the application starts."""
    register_kind(KIND, permission="approvals.decide", on_approved=_agreed, phrase=APPROVAL, href=_account_page,
                  terms=terms_words)  # fmt: skip


def _agreed(asked: Decided, actor: Actor, now: datetime) -> None:
    """Work it out again on the day it is agreed on, by what is open and due then, and do it."""
    given, on = asked.payload, day_of(current_tenant(), now)
    found = work_out(
        loan_id=asked.subject_id, first_on=date.fromisoformat(given["first_on"]), instalments=given["instalments"],
        on=on,
    )  # fmt: skip
    re_amortise(
        loan_id=asked.subject_id, to=found.to, reason="AGREED", actor=actor, now=now, on=on,
        under=f"approval:{asked.id}",
    )  # fmt: skip


def _account_page(loan_id: UUID) -> str:
    return reverse("repayment:statement", args=[loan_id])

"""Arrears moved to new due dates at the desk: judged by the place's law, asked for, done once another agrees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse

from qingshou.approvals import operations as approvals
from qingshou.approvals.kinds import Decided, register_kind
from qingshou.approvals.models import ApprovalRequest
from qingshou.audit.actors import Actor
from qingshou.features.book.owing import list_loans_on_tape
from qingshou.features.repayment.operations.ledger_errors import NoSuchLoan, NotLawful, UnfitAmount
from qingshou.features.repayment.operations.loan_acts import re_age
from qingshou.features.repayment.operations.receipts import day_of
from qingshou.features.repayment.phrases.re_ageing import APPROVAL, terms_words
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.features.repayment.queries.re_ageing import history_of, paid_since_overdue
from qingshou.features.repayment.rules.account_settings import is_re_ageing_allowed
from qingshou.features.repayment.rules.new_dates import new_dates
from qingshou.features.repayment.rules.re_ageing import MAY, AccountFacts, judge_re_age
from qingshou.kernel.money import minor_digits
from qingshou.kernel.verdict import Verdict
from qingshou.tenancy.queries import current_tenant

KIND = "LOAN_RE_AGE"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the law makes of it, and the dates it would give."""

    verdict: Verdict
    minimum_payments: int
    to: Sequence[tuple[date, Decimal]]
    overdue: Decimal
    currency: str


def judge(
    *, loan_id: UUID, first_on: date, instalments: int, minimum_payment: Decimal, is_willing: bool, on: date
) -> Judged:
    """Return whether a loan's arrears may be moved, with every reason, and the new dates; nothing is changed.

    Takes   minimum_payment  the least that was to be paid a month: how often it was paid since the loan fell overdue
            is_willing       the debtor has shown a renewed willingness and ability to pay
    Stops   NoSuchLoan, NewDatesUnfit, UnfitAmount
            NotCovered  no law of the place says when, and the lender's settings ("repayment.re_age") do not allow it
    """
    told = list_loans_on_tape(loan_ids=[loan_id], with_schedule=False)
    if not told:
        raise NoSuchLoan("There is no such loan in the working set, or it is not for you.")
    if minimum_payment <= 0:
        raise UnfitAmount("The least that was to be paid a month is above zero: give it.", why="NOT_ABOVE_ZERO")
    lender, owed = current_tenant(), owed_of_loan(loan_id=loan_id)
    overdue = owed.standing(on=on).overdue if owed.is_due_known else Decimal(0)
    since = min((slot.due_date for slot in owed.parts or () if slot.due_date), default=on)
    facts = AccountFacts(
        product=told[0].product, opened_date=told[0].originated_date,
        paid=paid_since_overdue(loan_id=loan_id, since=since),
        minimum_payment=minimum_payment, re_aged_dates=history_of(loan_id=loan_id), is_willing=is_willing,
    )  # fmt: skip
    verdict = judge_re_age(
        jurisdiction=lender.jurisdiction, facts=facts, is_allowed_by_lender=is_re_ageing_allowed(lender.settings), on=on
    )
    to = new_dates(
        first_on=first_on, instalments=instalments, amount=overdue, on=on,
        currency_step=Decimal(1).scaleb(-minor_digits(owed.currency)),
    )  # fmt: skip
    return Judged(verdict, facts.minimum_payments, to, overdue, owed.currency)


def propose_re_age(
    *, loan_id: UUID, first_on: date, instalments: int, minimum_payment: Decimal, is_willing: bool, reason: str,
    actor: Actor, now: datetime,
) -> ApprovalRequest:  # fmt: skip
    """Ask a second person to move what is overdue to new due dates, a month apart.

    Stops   as judge; NotLawful  with every reason and its article; AlreadyAsked, NoReason
    """
    found = _lawful(judge(
        loan_id=loan_id, first_on=first_on, instalments=instalments, minimum_payment=minimum_payment,
        is_willing=is_willing, on=day_of(current_tenant(), now),
    ))  # fmt: skip
    told = list_loans_on_tape(loan_ids=[loan_id], with_schedule=False)[0]
    return approvals.request(
        kind=KIND, subject_kind="LOAN", subject_id=loan_id, subject_label=told.loan_ref[:60], amount=found.overdue,
        currency=found.currency, actor=actor, reason=reason, now=now,
        payload={"first_on": first_on.isoformat(), "instalments": instalments, "minimum_payment": str(minimum_payment),
                 "is_willing": is_willing, "reasons": [_reason(one) for one in found.verdict.reasons]},
    )  # fmt: skip


def register_re_ageing() -> None:
    """Make this request known to the queue of approvals; called when the application starts."""
    register_kind(KIND, permission="approvals.decide", on_approved=_agreed, phrase=APPROVAL, href=_account_page,
                  terms=terms_words)  # fmt: skip


def _agreed(asked: Decided, actor: Actor, now: datetime) -> None:
    """Judge it again on the day it is agreed on, by what is overdue then, and do it."""
    given, on = asked.payload, day_of(current_tenant(), now)
    found = _lawful(judge(
        loan_id=asked.subject_id, first_on=date.fromisoformat(given["first_on"]), instalments=given["instalments"],
        minimum_payment=Decimal(given["minimum_payment"]), is_willing=given["is_willing"], on=on,
    ))  # fmt: skip
    re_age(
        loan_id=asked.subject_id, to=found.to, reason="AGREED", actor=actor, now=now, on=on,
        under=f"approval:{asked.id}",
    )  # fmt: skip


def _lawful(found: Judged) -> Judged:
    if found.verdict.value != MAY:
        raise NotLawful(
            "The law does not allow these arrears to be moved: see the reasons.",
            reasons=[_reason(one) for one in found.verdict.reasons],
        )
    return found


def _reason(one: Any) -> dict[str, Any]:
    article: Mapping[str, str] = (
        {"instrument": one.article.instrument, "article": one.article.article,
         "confidence": one.article.confidence.value} if one.article else {}
    )  # fmt: skip
    fields = {name: str(value) if isinstance(value, (date, Decimal)) else value for name, value in one.fields.items()}
    return {"code": one.code, **fields, **article}


def _account_page(loan_id: UUID) -> str:
    return reverse("repayment:statement", args=[loan_id])

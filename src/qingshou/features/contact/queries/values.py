"""What the variables of a message are for each case: gathered for many cases in a fixed number of queries."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from qingshou.audit.actors import SYSTEM, Actor
from qingshou.features.contact.queries.templates import is_collector, language_of_lender
from qingshou.features.contact.templating.variables import VARIABLES, currency_words, nearest_language
from qingshou.kernel.lender_settings import part_of
from qingshou.kernel.money import Rounding, minor_digits, round_money
from qingshou.privacy.clearance import SENDER
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import Sealed
from qingshou.tenancy.arrays import uuid_array
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.queries import current_tenant

PURPOSE = "MESSAGE"

# what features above know of debtors: debtor -> variable -> text, for many at once; registered when they start
More = Callable[[Collection[UUID]], Mapping[UUID, Mapping[str, str]]]
_more: list[More] = []


def register_values(more: More) -> None:
    """Let a feature above fill variables of messages; it reads in a fixed number of queries."""
    if more not in _more:
        _more.append(more)


# One row a case: the case, its debtor, the most overdue open loan, the next instalment, the last payment that stands,
# the last promise, and until when the step waits for an answer.
_ROWS = """
SELECT c.id, c.number, c.arrears, c.currency, c.overdue_days, c.stage_due_on, c.next_action, c.next_action_on,
    b.id AS borrower_id, b.name, COALESCE(NULLIF(p.language, ''), b.language) AS language,
    COALESCE(NULLIF(u.display_name, ''), u.username) AS agent,
    l.loan_ref, l.oldest_due_date, n.due_date AS next_date, n.amount AS next_amount, n.currency AS next_currency,
    y.paid_date, y.amount AS paid_amount, y.currency AS paid_currency,
    t.amount AS promise_amount, t.currency AS promise_currency, t.due_on AS promise_date, s.due_on AS step_due_on
FROM cases_case c
JOIN book_borrower b ON b.id = c.borrower_id
LEFT JOIN contact_personlink k ON k.borrower_id = b.id
LEFT JOIN contact_contactperson p ON p.id = k.person_id
LEFT JOIN access_user u ON u.id = c.owner_id
LEFT JOIN contact_casestep s ON s.case_id = c.id AND NOT s.is_over
LEFT JOIN LATERAL (
    SELECT loan_ref, oldest_due_date FROM book_loan
    WHERE borrower_id = b.id AND NOT is_closed AND NOT is_written_off
    ORDER BY overdue_days DESC NULLS LAST, loan_ref LIMIT 1) l ON TRUE
LEFT JOIN LATERAL (
    SELECT i.due_date, i.amount, o.currency FROM book_loan o JOIN book_instalment i ON i.loan_id = o.id
    WHERE o.borrower_id = b.id AND NOT o.is_closed AND NOT o.is_written_off AND i.due_date >= %(today)s
    ORDER BY i.due_date, o.loan_ref LIMIT 1) n ON TRUE
LEFT JOIN LATERAL (
    SELECT q.paid_date, q.amount, o.currency FROM book_loan o JOIN book_payment q ON q.loan_id = o.id
    WHERE o.borrower_id = b.id AND q.reverses_ref = '' AND NOT EXISTS (
        SELECT 1 FROM book_payment r WHERE r.loan_id = q.loan_id AND r.reverses_ref = q.payment_ref)
    ORDER BY q.paid_date DESC, q.payment_ref DESC LIMIT 1) y ON TRUE
LEFT JOIN LATERAL (
    SELECT amount, currency, due_on FROM contact_promisetaken
    WHERE case_id = c.id ORDER BY taken_at DESC, id DESC LIMIT 1) t ON TRUE
WHERE c.id = ANY(%(ids)s)
"""


def values_of(
    *,
    case_ids: Sequence[UUID],
    now: datetime,
    reader: Actor = SYSTEM,
    role: str = SENDER,
    purpose: str = PURPOSE,
) -> dict[UUID, dict[str, str]]:
    """Return variable -> text for each case; what is not known is left out, so that a template that needs it stops.

    Takes   reader, role, purpose  who reads the names and why: the sender of messages where nothing is said; a person
                                   who looks at a preview sees what their role may see
    Gives   case id -> values; a case that does not exist is left out. The names of a batch are one row of the log
    """
    if not case_ids:
        return {}
    tenant = current_tenant()
    today = now.astimezone(ZoneInfo(tenant.time_zone)).date()
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"ids": uuid_array(case_ids), "today": today})
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    names = _names(rows, reader=reader, role=role, purpose=purpose, now=now)
    told = [more({row["borrower_id"] for row in rows}) for more in _more]
    return {
        row["id"]: _values(row, names.get(row["borrower_id"]), tenant=tenant, today=today)
        | {code: text for one in told for code, text in one.get(row["borrower_id"], {}).items()}
        for row in rows
    }


def details_of(tenant: Tenant) -> dict[str, str]:
    """Return what a lender says of itself in messages, as its settings have it."""
    kept = part_of(tenant.settings, "contact", "details")
    return {name: str(kept.get(name, "")) for name in ("lender_name", "contact_phone", "pay_link")}


def _names(
    rows: Sequence[Mapping[str, Any]], *, reader: Actor, role: str, purpose: str, now: datetime
) -> dict[UUID, str | None]:
    sealed = {
        row["borrower_id"]: {
            "name": Sealed("book_borrower.name", row["borrower_id"], PersonalKind.NAME, bytes(row["name"]))
        }
        for row in rows
        if row["name"] is not None
    }
    if not sealed:
        return {}
    shown = reveal_many(subject_kind="BORROWER", rows=sealed, reader=reader, role=role, purpose=purpose, now=now)
    return {borrower_id: fields["name"] for borrower_id, fields in shown.items()}


def _values(row: Mapping[str, Any], name: str | None, *, tenant: Tenant, today: date) -> dict[str, str]:
    language = nearest_language(row["language"] or "") or language_of_lender(tenant)
    details = details_of(tenant)
    has_notice = tenant.jurisdiction == "us" and is_collector(tenant)
    found = {
        "debtor_name": name,
        "lender_name": details["lender_name"] or tenant.name,
        "case_number": row["number"],
        "loan_ref_tail": (row["loan_ref"] or "")[-4:],
        "amount_due": _amount(row["arrears"], row["currency"]),
        "currency": currency_words(row["currency"], language),
        "due_date": _day(row["oldest_due_date"]),
        "overdue_days": str(row["overdue_days"]) if (row["overdue_days"] or 0) > 0 else None,
        "next_amount": _amount(row["next_amount"], row["next_currency"], of=row["currency"]),
        "next_due_date": _day(row["next_date"]),
        "pay_by_date": _day(_pay_by(row, today)),
        "promise_amount": _amount(row["promise_amount"], row["promise_currency"], of=row["currency"]),
        "promise_date": _day(row["promise_date"]),
        "call_back_date": _day(row["next_action_on"]) if row["next_action"] == "CALL_BACK" else None,
        "paid_amount": _amount(row["paid_amount"], row["paid_currency"], of=row["currency"]),
        "paid_date": _day(row["paid_date"]),
        "contact_phone": details["contact_phone"],
        "pay_link": details["pay_link"],
        "agent_name": row["agent"],
        "opt_out_words": VARIABLES["opt_out_words"].example(language),
        "today": today.isoformat(),
    }
    known = {code: text for code, text in found.items() if text}
    return known | {"collector_notice": VARIABLES["collector_notice"].example(language) if has_notice else ""}


def _pay_by(row: Mapping[str, Any], today: date) -> date | None:
    """Only a date that the case really has is a deadline, and only while it lies ahead."""
    ahead = [day for day in (row["step_due_on"], row["stage_due_on"]) if day is not None and day >= today]
    return ahead[0] if ahead else None


def _amount(amount: Decimal | None, currency: str | None, *, of: str | None = None) -> str | None:
    """Return an amount above zero in the currency's decimals; None where it is unknown, or not in the case's money."""
    if amount is None or not currency or amount <= 0 or (of is not None and currency != of):
        return None
    return f"{round_money(amount, currency, Rounding.HALF_UP):,.{minor_digits(currency)}f}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None

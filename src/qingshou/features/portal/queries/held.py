"""What is held of one debtor, for that debtor: their person, loans, payments, agreements, contacts, wishes.

Left out: everything of guarantors and other third persons, contacts with them, and what our people noted in their own
words (it may speak of others); a person reads those before they are given.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from qingshou.features.contact.queries.gathering import read_known
from qingshou.features.contact.queries.standing import Standing, standing
from qingshou.features.portal.models import PortalAsk
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.queries.asks import asks_of
from qingshou.features.portal.queries.owing import last_payments, owing_of
from qingshou.features.portal.rules.visits import CONTACT_KEY
from qingshou.features.repayment.queries.documents import documents_of_case
from qingshou.features.repayment.queries.hardship import hardships_of_case
from qingshou.features.repayment.queries.plans import get_plan, list_plans_of
from qingshou.features.repayment.queries.statement import statement_of_loan
from qingshou.privacy.clearance import SUBJECT
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import Sealed, sealed_fields

PURPOSE = "OWN_DATA"
_KINDS = {"PHONE": PersonalKind.PHONE, "EMAIL": PersonalKind.EMAIL, "POST": PersonalKind.ADDRESS}
_PERSON = ("name", "national_id", "birth_date", "address", "employer")
_CONTACTS_MAX, _PAYMENTS_MAX = 500, 500


def data_of(*, borrower_id: UUID, case: Any, on: date, now: datetime) -> Mapping[str, Any]:
    """Return the data in sections; each value text, a number as text, a list or a mapping of them."""
    known = read_known(borrower_ids={borrower_id}, now=now)
    stands = standing(borrower_id=borrower_id, known=known, now=now, attempts_max=_CONTACTS_MAX)
    owing = owing_of(borrower_id=borrower_id, on=on)
    plans = [get_plan(plan_id=row.id, on=on) for row in list_plans_of(case_id=case.id, on=on)]
    return _plain({
        "as_of": on, "given_at": now,
        "person": _person(case, now),
        "numbers_and_addresses": _points(stands, borrower_id, now),
        "loans": [
            {
                "number": loan.number, "product": loan.product, "currency": loan.currency, "state": loan.state,
                "lender_books_as_of": loan.as_of, "due_now": loan.due_now, "due_since": loan.since,
                "in_all": loan.total, "parts_due": dict(loan.kinds),
                "movements": [
                    {"date": line.effective_date, "kind": line.kind, "amount": line.amount, "balance": line.balance}
                    for line in statement_of_loan(loan_id=loan.id)
                ],
            }
            for loan in owing.loans
        ],
        "payments": [
            {
                "date": one.receipt.value_date, "amount": one.receipt.amount, "currency": one.receipt.currency,
                "state": one.receipt.state, "reference": one.receipt.payment_ref,
                "went_to": [
                    {"loan": line.loan_ref, "part": line.account, "due_date": line.due_date, "amount": line.amount,
                     "articles": [f"{each.instrument} {each.article}" for each in line.articles]}
                    for line in one.lines
                ],
            }
            for one in last_payments(borrower_id=borrower_id, limit=_PAYMENTS_MAX)
        ],
        "plans": [
            {
                "number": one.plan.number, "state": one.plan.state, "total": one.plan.total,
                "accepted_at": one.plan.accepted_at, "ends_on": one.plan.ends_on,
                "payments": [{"due_on": due.due_on, "amount": due.amount, "paid": due.paid_amount, "state": due.state}
                             for due in one.instalments],
            }
            for one in plans
        ],
        "hardships": [
            {"kind": one.kind, "state": one.state, "from": one.from_on, "until": one.until_on}
            for one in hardships_of_case(case_id=case.id)
        ],
        "documents": [
            {"kind": one.kind, "type": one.content_type, "bytes": one.size_bytes, "stored_at": one.stored_at}
            for one in documents_of_case(case_id=case.id, limit=500)
        ],
        "contacts": _contacts(stands, borrower_id, now),
        "stops": [{"kind": one.kind, "channel": one.channel, "from": one.from_at, "until": one.until_at}
                  for one in stands.stops],
        "consents": [{"kind": one.kind, "channel": one.channel, "given": one.is_given, "at": one.at}
                     for one in stands.consents.values()],
        "asked_for_here": [_ask(one, borrower_id, now) for one in asks_of(borrower_id=borrower_id, limit=500)],
    })  # fmt: skip


def _person(case: Any, now: datetime) -> Mapping[str, Any]:
    fields = sealed_fields(case.borrower, list(_PERSON))
    shown = reveal(subject_kind="BORROWER", subject_id=case.borrower_id, fields=fields, reader=DEBTOR, role=SUBJECT,
                   purpose=PURPOSE, now=now)  # fmt: skip
    borrower = case.borrower
    return {**shown, "number": borrower.borrower_ref, "language": borrower.language, "region": borrower.region,
            "time_zone": borrower.time_zone}  # fmt: skip


def _points(stands: Standing, borrower_id: UUID, now: datetime) -> Sequence[Mapping[str, Any]]:
    own = [one for one in stands.points if one.state is None or one.state.party == "DEBTOR"]
    sealed = {
        str(one.point.id): Sealed("book_contactpoint.value", one.point.id,
                                  _KINDS.get(one.point.channel, PersonalKind.NOTE), one.point.value)
        for one in own
    }  # fmt: skip
    shown = reveal(subject_kind="BORROWER", subject_id=borrower_id, fields=sealed, reader=DEBTOR, role=SUBJECT,
                   purpose=PURPOSE, now=now)  # fmt: skip
    return [
        {"kind": one.point.channel, "value": shown[str(one.point.id)], "source": one.point.source,
         "still_used": not one.is_struck}
        for one in own
    ]  # fmt: skip


def _contacts(stands: Standing, borrower_id: UUID, now: datetime) -> Sequence[Mapping[str, Any]]:
    found = []
    for one in stands.attempts:
        if one.party != "DEBTOR" or one.borrower_id != borrower_id:
            continue
        message = getattr(one, "message", None)
        words: Mapping[str, str | None] = {}
        if message is not None:
            words = reveal(subject_kind="BORROWER", subject_id=borrower_id, role=SUBJECT, purpose=PURPOSE, now=now,
                           fields=sealed_fields(message, ["subject", "body"]), reader=DEBTOR)  # fmt: skip
        outcome = "CODE_ASKED" if one.key.startswith(CONTACT_KEY) else one.outcome
        found.append({"at": one.at, "channel": one.channel, "direction": one.direction, "outcome": outcome, **words})
    return found


def _ask(one: PortalAsk, borrower_id: UUID, now: datetime) -> Mapping[str, Any]:
    fields = {
        "said": Sealed("portal_portalask.said", one.id, PersonalKind.NOTE, one.said),
        "answer": Sealed("portal_portalask.answer", one.id, PersonalKind.NOTE, one.answer),
    }
    shown = reveal(subject_kind="BORROWER", subject_id=borrower_id, fields=fields, reader=DEBTOR, role=SUBJECT,
                   purpose=PURPOSE, now=now)  # fmt: skip
    return {"number": one.number, "kind": one.kind, "state": one.state, "at": one.asked_at, **shown}


def _plain(value: Any) -> Any:
    """Return amounts as text to the cent and dates as ISO, whatever holds them."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value

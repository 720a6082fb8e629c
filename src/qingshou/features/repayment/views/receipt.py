"""One receipt: where each cent went and why, what came before and after; matched, moved, taken off or given back."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from qingshou.access.guards import is_allowed, requires
from qingshou.access.queries import names_of_users
from qingshou.approvals.queries import list_requests_of
from qingshou.audit.phrases import action_words
from qingshou.audit.queries import list_events
from qingshou.features.book.finding import list_borrowers, search_borrowers
from qingshou.features.cases.queries.numbers import borrowers_of_numbers, latest_cases_of
from qingshou.features.cases.views.shown import Desk, desk_of, facts_of
from qingshou.features.repayment.phrases.bank_files import FORMATS, WARNINGS
from qingshou.features.repayment.phrases.ledger_acts import APPROVALS
from qingshou.features.repayment.phrases.money import (
    ACCOUNTS,
    LEDGER_STATES,
    ORDERS,
    SIGNS,
    SOURCES,
    STATE_TONES,
    STATES,
    WAITS,
    cited_words,
    ended_words,
    matched_words,
    reason_words,
)
from qingshou.features.repayment.queries import receipt_list as queries
from qingshou.features.repayment.queries.may_be_same import list_may_be_same
from qingshou.features.repayment.queries.owed import list_owed
from qingshou.features.repayment.queries.receipts import QUEUE_STATES, explain_receipt, list_parts
from qingshou.features.repayment.views.money_shown import debtor_names, payers
from qingshou.features.repayment.views.receipts import bank_ref

_SHOWN_MAX = 12

ENDED = ("REVERSED", "REFUNDED")


@require_GET
@requires("receipts.view")
def receipt(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """Show one receipt."""
    desk, row = desk_of(request), queries.get_receipt_row(receipt_id=receipt_id)
    waits = row.state in QUEUE_STATES
    may_take = is_allowed(request, "receipts.take")
    explained = explain_receipt(receipt_id=receipt_id)
    proposals = _proposals(row) if waits else []
    people = list_borrowers(borrower_ids={one["borrower"] for one in proposals})
    named = [*people.values(), *([row.borrower] if row.borrower else [])]
    parts = list_parts(receipt_id=receipt_id) if row.state == "SPLIT" else []
    named += list_borrowers(borrower_ids={one.borrower_id for one in parts if one.borrower_id}).values()
    names = debtor_names(named, desk, purpose="RECEIPT")
    recorded_by = queries.recorded_by(receipt_id=receipt_id)
    events = list_events(subject_kind="RECEIPT", subject_id=receipt_id, limit=20)
    asked = [one for one in list_requests_of(subject_id=receipt_id) if one.status == "PENDING"]
    ours = names_of_users(usernames=[
        row.matched_by, recorded_by, *(one.actor_name for one in events), *(one.requested_by_name for one in asked),
    ])  # fmt: skip
    context = {
        "parts": [{"row": one, "name": names.get(one.borrower_id, "") if one.borrower_id else "",
                   "state": STATES[one.state], "tone": STATE_TONES[one.state]} for one in parts],
        "row": row,
        "number": bank_ref(row),
        "paid": payers([row], desk, purpose="RECEIPT")[row.id],
        "name": names.get(row.borrower_id, ""),
        "case": _case(request, row.borrower_id),
        "doubts": [WARNINGS[code] for code in explained.receipt.warnings] if row.state not in ENDED else [],
        "may_be_same": _may_be_same(row) if waits else [],
        "state": STATES[row.state],
        "tone": STATE_TONES[row.state],
        "source": SOURCES[row.source],
        "matched": matched_words(row.matched_by, ours),
        "people": ours,
        "ended": ended_words(row.ended_reason) if row.ended_reason else "",
        "recorded_by": recorded_by,
        "explained": explained,
        "lines": [_line(one) for one in explained.lines],
        "candidates": _candidates(proposals, people, names, desk) if may_take else [],
        "why_waits": WAITS.get(proposals[0]["why"], "") if proposals else "",
        "before_after": _around(row),
        "asked": [{"row": one, "words": APPROVALS.get(one.kind, one.kind)} for one in asked],
        "events": [(one, action_words(one.action)) for one in events],
        "next_href": _next(row) if may_take else "",
        **_may(request, row, explained.refunded),
    }  # fmt: skip
    return render(request, "repayment/receipt.html", context)


def _may_be_same(row: Any) -> list[dict[str, Any]]:
    """Return the receipts that may be the same booking, told by a file of another kind."""
    if row.bank_file_id is None:
        return []
    others = list_may_be_same(receipt_ids=[row.id]).get(row.id, [])
    found = queries.list_of_files(receipt_ids=others)
    return [{"row": one, "file": FORMATS.get(one.bank_file.format, one.bank_file.format), "state": STATES[one.state]}
            for one in found]  # fmt: skip


def _may(request: HttpRequest, row: Any, refunded: Any) -> dict[str, bool]:
    """Say what this person may do with the receipt as it stands."""
    may_take, may_reverse = is_allowed(request, "receipts.take"), is_allowed(request, "receipts.reverse")
    is_live = row.state not in ENDED
    is_part = row.whole_id is not None
    return {
        "may_match": may_take and is_live and (row.state in QUEUE_STATES),
        "may_take_off": may_take and row.state == "APPLIED",
        "may_apply_rest": may_take and row.state == "APPLIED" and row.unapplied > 0,
        "may_refund": may_reverse and is_live and row.unapplied > 0,
        "may_reverse": may_reverse and is_live and not refunded and not is_part,
        "may_split": may_take and may_split(row),
        "may_join": may_take and row.state == "SPLIT",
        "may_print": row.source == "CASH",
    }


def may_split(row: Any) -> bool:
    """Tell whether a receipt could be split over several debtors as it stands."""
    return row.state in QUEUE_STATES and row.whole_id is None and row.unapplied == row.amount


def _line(one: Any) -> dict[str, Any]:
    return {
        "row": one, "account": ACCOUNTS.get(one.account, one.account), "order": ORDERS.get(one.rule, one.rule),
        "why": reason_words(one.reasons), "law": cited_words(one.articles),
    }  # fmt: skip


def _proposals(row: Any) -> list[dict[str, Any]]:
    return [
        {"borrower": UUID(one["borrower"]), "loan": one["loan"], "score": one["score"], "why": one.get("why", ""),
         "signs": [(SIGNS.get(code, code), points) for code, points in one["codes"]]}
        for one in row.proposals
    ]  # fmt: skip


def _candidates(
    proposals: list[dict[str, Any]], people: dict[UUID, Any], names: dict[UUID, str], desk: Desk
) -> list[dict[str, Any]]:
    """Return the proposals with their debtors and loans, the best first."""
    found = with_loans([people[one["borrower"]] for one in proposals if one["borrower"] in people], names, desk)
    by_id = {one["borrower"].id: one for one in found}
    return [by_id[one["borrower"]] | one | {"borrower": people[one["borrower"]]} for one in proposals
            if one["borrower"] in by_id]  # fmt: skip


def with_loans(people: list[Any], names: dict[UUID, str], desk: Desk) -> list[dict[str, Any]]:
    """Return debtors with what is owed on each of their loans today."""
    owed = list_owed(borrower_ids=[one.id for one in people]) if people else []
    return [
        {
            "borrower": one,
            "name": names.get(one.id, one.borrower_ref),
            "loans": [
                {
                    "loan": loan,
                    "standing": loan.standing(on=desk.today),
                    "state": LEDGER_STATES[loan.state],
                    "product": desk.product_words.get(loan.product, loan.product),
                }
                for loan in owed
                if loan.borrower_id == one.id
            ],
        }
        for one in people
    ]


def _case(request: HttpRequest, borrower_id: UUID | None) -> Any:
    """Return the debtor's latest case where this person may see it."""
    case = latest_cases_of(borrower_ids=[borrower_id]).get(borrower_id) if borrower_id else None
    return case if case and cast(Any, request.user).has_perm("cases.view", facts_of(case)) else None


def _around(row: Any) -> list[Any]:
    """Return the debtor's receipts around this one, the latest first."""
    if row.borrower_id is None:
        return []
    found = queries.last_receipts_of(borrower_id=row.borrower_id, limit=_SHOWN_MAX)
    return [{"row": one, "state": STATES[one.state], "tone": STATE_TONES[one.state]} for one in found]


def _next(row: Any) -> str:
    found = queries.next_in_queue(after=row.id)
    return reverse("repayment:receipt", args=[found]) if found else ""


@require_GET
@requires("receipts.take")
def find_debtor(request: HttpRequest) -> HttpResponse:
    """Return debtors found by a whole number, or by name where the role may search people; a part of a page."""
    desk, text = desk_of(request), request.GET.get("q", "").strip()[:80].replace("\x00", "")
    found = debtors_named(request, text)
    names = debtor_names(found, desk, purpose="SEARCH")
    context = {"found": with_loans(found, names, desk), "text": text, "mode": request.GET.get("mode")}
    return render(request, "repayment/found_debtors.html", context)


def debtors_named(request: HttpRequest, text: str) -> list[Any]:
    """Return debtors by the number of a debtor, a loan or a case, or by name or phone."""
    if not text:
        return []
    found = {one.id: one for one in search_borrowers(text=text, with_people=is_allowed(request, "people.search"))}
    of_case = set(borrowers_of_numbers(numbers=[text]).values()) - set(found)
    return [*found.values(), *list_borrowers(borrower_ids=of_case).values()]

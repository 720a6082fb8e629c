"""Receipts matched to debtors: what is certain is put on the debts at once, the rest waits with proposals."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.features.repayment.faultpoints import reach
from qingshou.features.repayment.models import LedgerEvent, Receipt
from qingshou.features.repayment.operations.ledger_errors import NothingToPayOn, NothingUnapplied, ReceiptEnded
from qingshou.features.repayment.operations.receipt_returns import MovedMeanwhile
from qingshou.features.repayment.operations.receipts import ChosenBy, apply_receipt
from qingshou.features.repayment.queries.candidates import ToMatch, gather_candidates
from qingshou.features.repayment.queries.may_be_same import list_may_be_same
from qingshou.features.repayment.queries.receipts import QUEUE_STATES
from qingshou.features.repayment.rules.matching import Found, Matching, ReceiptFacts, judge_match
from qingshou.features.repayment.rules.matching_policy import MatchingPolicy, matching_policy
from qingshou.kernel.errors import NotCovered
from qingshou.privacy.keys import current_keyring
from qingshou.privacy.places import sealed_fields
from qingshou.privacy.sealing import unseal
from qingshou.tenancy.queries import current_tenant

CHUNK = 500
MAY_BE_SAME = "MAY_BE_SAME"
Progress = Callable[[str, int, int | None], None]


@dataclass(slots=True)
class Matched:
    """How many receipts ended where."""

    applied: int = 0
    proposed: int = 0
    unmatched: int = 0
    borrowers: set[UUID] = field(default_factory=set, repr=False)

    def as_dict(self) -> dict[str, int]:
        """Return the counts."""
        return {"applied": self.applied, "proposed": self.proposed, "unmatched": self.unmatched}


def match_receipts(
    *, receipt_ids: Sequence[UUID], actor: Actor, now: datetime, progress: Progress | None = None
) -> Matched:
    """Match receipts that wait in the queue; others among them are left alone.

    Takes   receipt_ids  any number: they are taken in pieces, each with a fixed number of queries to judge by
    Gives   Matched      MATCHED ones are on the debts; the rest has its proposals and waits for a person. What a person
                         took off a debt before is never put on one again by itself, only proposed; nor is what may
                         be the same booking as another file told
    """
    policy = matching_policy(current_tenant().settings)
    done = Matched()
    for start in range(0, len(receipt_ids), CHUNK):
        _match_chunk(receipt_ids[start : start + CHUNK], policy, actor, now, done)
        if progress is not None:
            progress("match", min(start + CHUNK, len(receipt_ids)), len(receipt_ids))
    return done


def match_waiting(*, actor: Actor, now: datetime, progress: Progress | None = None) -> Matched:
    """Match the whole queue again: a tape, a promise or a reference may have come since."""
    waiting = Receipt.objects.filter(state__in=QUEUE_STATES).order_by("received_at", "id")
    return match_receipts(
        receipt_ids=list(waiting.values_list("id", flat=True)), actor=actor, now=now, progress=progress
    )


def judge_receipts(*, receipts: Iterable[Receipt], policy: MatchingPolicy, lender_id: UUID) -> dict[UUID, Matching]:
    """Return whose each receipt is; the texts are opened for the machine alone and shown to nobody."""
    opened = [_opened(one) for one in receipts]
    candidates = gather_candidates(receipts=opened, lender_id=lender_id)
    return {
        one.id: judge_match(
            receipt=ReceiptFacts(
                lender_id=str(lender_id), amount=one.amount, currency=one.currency, value_date=one.value_date,
                remittance=one.remittance, end_to_end_ref=one.payment_ref,
            ),
            candidates=candidates[one.id],
            policy=policy,
        )
        for one in opened
    }  # fmt: skip


def _match_chunk(ids: Sequence[UUID], policy: MatchingPolicy, actor: Actor, now: datetime, done: Matched) -> None:
    rows = list(Receipt.objects.filter(id__in=ids, state__in=QUEUE_STATES).order_by("value_date", "line_no", "id"))
    if not rows:
        return
    found = judge_receipts(receipts=rows, policy=policy, lender_id=current_tenant().id)
    moved = LedgerEvent.objects.filter(receipt_id__in=[one.id for one in rows])
    handled = set(moved.values_list("receipt_id", flat=True))
    certain = [
        one for one in rows if found[one.id].found is Found.MATCHED and one.id not in handled
    ]  # fmt: skip
    doubted = list_may_be_same(receipt_ids=[one.id for one in certain]) if certain else {}
    certain = [one for one in certain if one.id not in doubted]
    waiting = {one.id for one in rows} - {one.id for one in certain}
    for one in certain:
        if _apply(one.id, found[one.id], actor, now):
            done.applied += 1
            done.borrowers.add(UUID(found[one.id].borrower_id))
        else:
            waiting.add(one.id)
    _keep(waiting, found, done, doubted)
    reach("matched")


def _apply(receipt_id: UUID, matching: Matching, actor: Actor, now: datetime) -> bool:
    """Put a receipt on the debts it is for; False where it has to wait for a person after all."""
    try:
        apply_receipt(
            receipt_id=receipt_id, borrower_id=UUID(matching.borrower_id),
            loan_ids=[UUID(matching.loan_id)] if matching.loan_id else None, chosen_by=ChosenBy.RULE,
            matched_by=matching.matches[0].codes[0] if matching.matches[0].codes else "", actor=actor, now=now,
        )  # fmt: skip
    # where the law of the place gives no order, a person has to say where the money goes
    except (NothingToPayOn, NothingUnapplied, ReceiptEnded, MovedMeanwhile, NotCovered):
        return False
    return True


@transaction.atomic
def _keep(
    ids: Collection[UUID], found: dict[UUID, Matching], done: Matched, doubted: Collection[UUID]
) -> None:  # fmt: skip
    """Store the proposals of those that wait, as long as nobody dealt with them meanwhile.

    Takes   doubted  those that would be certain, but for another file that may have told the same booking
    """
    rows = list(
        Receipt.objects.select_for_update(no_key=True).filter(id__in=ids, state__in=QUEUE_STATES).order_by("id")
    )
    for one in rows:
        proposals = proposals_of(found[one.id])
        if one.id in doubted:
            proposals[0]["why"] = MAY_BE_SAME
        one.state, one.proposals = ("PROPOSED" if proposals else "UNMATCHED"), proposals
        done.proposed += bool(proposals)
        done.unmatched += not proposals
    Receipt.objects.bulk_update(rows, ["state", "proposals"], batch_size=CHUNK)


def proposals_of(matching: Matching) -> list[dict[str, Any]]:
    """Return proposals as a receipt keeps them: ids, points, and the codes with the points each gave."""
    return [
        {
            "borrower": one.borrower_id, "loan": one.loan_id, "score": one.score,
            "codes": [[reason.code, reason.fields["points"]] for reason in one.reasons],
            "why": matching.reasons[-1].code if place == 0 else "",
        }
        for place, one in enumerate(matching.matches)
    ]  # fmt: skip


def _opened(receipt: Receipt) -> ToMatch:
    sealed = sealed_fields(receipt, ["remittance"])["remittance"]
    text = ""
    if sealed.data is not None:
        text = unseal(sealed.data, place=sealed.place, row_id=sealed.row_id, keys=current_keyring())
    return ToMatch(
        id=receipt.id, amount=receipt.amount, currency=receipt.currency, value_date=receipt.value_date,
        remittance=text, payment_ref=receipt.payment_ref,
        name_index=_bytes(receipt.payer_name_index), account_index=_bytes(receipt.payer_account_index),
    )  # fmt: skip


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)

"""Receipts that may be one booking told by two kinds of file, where nothing the bank wrote proves it: a person looks.

A report within the day often bears no reference at all, and the day's statement does. Amount, currency, value date and
payer then agree, and still a debtor may have paid twice: what cannot be proved is neither dropped nor put on debts by
itself (operations/matching.py), but stands in the queue with the other one beside it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.statements.forms import INTERIM
from qingshou.privacy.sealing import unseal

REMITTANCE_PLACE = "repayment_receipt.remittance"
APART_MAX = timedelta(days=40)  # between two files that may tell the same booking
_ENDED = ("REVERSED", "REFUNDED")


def list_may_be_same(*, receipt_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Return, for those of the receipts that have one, the receipts that may be the same booking, the oldest first.

    Takes   receipt_ids  any number; asked in two statements
    """
    rows = list(_of_files().filter(id__in=receipt_ids))
    if not rows:
        return {}
    near = _of_files().filter(
        amount__in={one.amount for one in rows}, value_date__in={one.value_date for one in rows}
    ).order_by("received_at", "id")  # fmt: skip
    by_sum = defaultdict(list)
    for one in near:
        by_sum[(one.amount, one.currency, one.value_date)].append(one)
    found = {
        row.id: [one.id for one in by_sum[(row.amount, row.currency, row.value_date)] if _may_be_same(row, one)]
        for row in rows
    }
    return {receipt_id: others for receipt_id, others in found.items() if others}


def own_reference(receipt: Receipt) -> str:
    """Return the payer's own reference, which stands below what was written; nothing where only one of them came."""
    if receipt.remittance is None:
        return ""
    text = unseal(receipt.remittance, place=REMITTANCE_PLACE, row_id=receipt.id)
    return text.rpartition("\n")[2] if "\n" in text else ""


def _of_files() -> QuerySet[Receipt]:
    rows = Receipt.objects.select_related("bank_file").filter(bank_file__isnull=False, whole__isnull=True)
    return rows.exclude(state__in=_ENDED)


def _may_be_same(one: Receipt, other: Receipt) -> bool:
    first, second = one.bank_file, other.bank_file
    if first is None or second is None or first.format == second.format:
        return False
    if not {first.format, second.format} & INTERIM or abs(first.taken_at - second.taken_at) >= APART_MAX:
        return False
    if not _is_same_payer(one, other):
        return False
    mine, theirs = own_reference(one), own_reference(other)
    return not (mine and theirs)  # both told and alike is one receipt long since (told_twice); both and unlike are two


def _is_same_payer(one: Receipt, other: Receipt) -> bool:
    return (
        (bool(one.payment_ref) and one.payment_ref == other.payment_ref)
        or _is_same(one.payer_account_index, other.payer_account_index)
        or _is_same(one.payer_name_index, other.payer_name_index)
    )


def _is_same(one: bytes | memoryview | None, other: bytes | memoryview | None) -> bool:
    return one is not None and other is not None and bytes(one) == bytes(other)

"""A booking told in two kinds of file: within the day or by an advice, and again in the day's statement.

By the key of the line it is the same where the bank gives the same number and day both times. Where it does not, it is
the same booking when amount, currency and value date agree, and the payer's own reference; or, where one of the two
files gives none, the bank's number. Where neither proves it, both are receipts, and a person looks at the second
(queries/may_be_same.py).
"""

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from qingshou.features.repayment.models import BankFile, Receipt
from qingshou.features.repayment.queries.may_be_same import APART_MAX, REMITTANCE_PLACE
from qingshou.features.repayment.statements.forms import INTERIM, Line
from qingshou.privacy.sealing import unseal
from qingshou.tenancy.context import current_tenant_id

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def lock_bank_lines() -> None:
    """Let one piece of a file at a time look and record, so that two files at once do not both miss the other's."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"bank lines {current_tenant_id()}"])


def told_before(*, file: BankFile, lines: Sequence[Line], claimed: set[object]) -> set[str]:
    """Return the keys of those lines that a file of another kind told already.

    Takes   lines    credits of one piece of the file, in its order; in the caller's transaction, after lock_bank_lines
            claimed  receipts found for earlier pieces of this file; added to: one receipt stands for one line
    """
    others = _files_beside(file)
    if not others or not lines:
        return set()
    days = {line.value_date for line in lines}
    held = Receipt.objects.filter(bank_file__in=others, value_date__in=days).order_by("line_no", "id")
    by_sum = defaultdict(list)
    for row in held.only("id", "amount", "currency", "value_date", "source_ref", "remittance"):
        by_sum[(row.amount, row.currency, row.value_date)].append(row)
    known = set(Receipt.objects.filter(
        source="BANK_FILE", external_ref__in=[line.key for line in lines]).values_list("external_ref", flat=True)
    )  # fmt: skip
    found: set[str] = set()
    for line in lines:
        if line.key in known:
            continue  # recorded under its own key, by this file before it was left half-way, or by another
        rows = (row for row in by_sum[(line.amount, line.currency, line.value_date)] if row.id not in claimed)
        twin = next((row for row in rows if _is_told(row, line)), None)
        if twin is not None:
            claimed.add(twin.id)
            found.add(line.key)
    return found


def _files_beside(file: BankFile) -> list[object]:
    rows = BankFile.objects.exclude(format=file.format).filter(
        taken_at__gt=file.taken_at - APART_MAX, taken_at__lt=file.taken_at + APART_MAX
    )  # fmt: skip
    if file.format not in INTERIM:
        rows = rows.filter(format__in=INTERIM)
    return list(rows.values_list("id", flat=True))


def _is_told(row: Receipt, line: Line) -> bool:
    text = unseal(row.remittance, place=REMITTANCE_PLACE, row_id=row.id) if row.remittance is not None else ""
    reference = text.rpartition("\n")[2]  # the payer's own stands last, where there is one (bank_files)
    if line.end_to_end_ref and reference == line.end_to_end_ref:
        return True
    has_own = bool(line.end_to_end_ref) and "\n" in text
    return not has_own and bool(line.bank_ref) and row.source_ref == line.bank_ref

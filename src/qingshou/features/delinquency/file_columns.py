"""The columns of files given on the command line: the frames of docs/reference/frames.md, as far as each step needs."""

from collections.abc import Mapping
from decimal import Decimal

from qingshou.engine.cells import Column, Kind

LOAN_ID = Column(name="loan_id", kind=Kind.ID)
_PARTS = tuple(
    Column(name=name, kind=Kind.MONEY, is_required=False, may_be_empty=True)
    for name in ("principal", "interest", "penalty", "fees")
)

SCHEDULE = (
    LOAN_ID,
    Column(name="due_date", kind=Kind.DATE),
    Column(name="amount", kind=Kind.MONEY),
    *_PARTS,
)
PAYMENTS = (
    LOAN_ID,
    Column(name="paid_date", kind=Kind.DATE),
    Column(name="amount", kind=Kind.MONEY),
    Column(name="reverses", kind=Kind.ID, is_required=False, may_be_empty=True),
)
PAUSES = (
    LOAN_ID,
    Column(name="from_date", kind=Kind.DATE, aliases=("from",)),
    Column(name="until_date", kind=Kind.DATE, aliases=("until",), may_be_empty=True),
    Column(name="kind", kind=Kind.TEXT, is_required=False, may_be_empty=True),
)
EXPOSURES = (LOAN_ID, Column(name="exposure", kind=Kind.MONEY, aliases=("balance",)))


def _optional(name: str, kind: Kind) -> Column:
    return Column(name=name, kind=kind, is_required=False, may_be_empty=True)


LOANS = (
    LOAN_ID,
    _optional("borrower_id", Kind.ID),
    _optional("borrower_kind", Kind.TEXT),
    _optional("product", Kind.TEXT),
    _optional("currency", Kind.TEXT),
    _optional("balance", Kind.MONEY),
    _optional("arrears", Kind.MONEY),
    _optional("oldest_due_date", Kind.DATE),
    _optional("overdue_days", Kind.DAYS),
    _optional("credit_standing", Kind.TEXT),
    _optional("is_secured", Kind.FLAG),
    _optional("restructured_date", Kind.DATE),
    _optional("is_impaired", Kind.FLAG),
    _optional("is_written_off", Kind.FLAG),
    _optional("is_closed", Kind.FLAG),
)


def instalment_fault(row: Mapping[str, object]) -> tuple[str, str] | None:
    """Refuse a negative instalment: first in, first out has no meaning for it."""
    amount = row["amount"]
    if isinstance(amount, Decimal) and amount < 0:
        return "amount", "An instalment cannot be negative: record a credit as a payment."
    return None


def pause_fault(row: Mapping[str, object]) -> tuple[str, str] | None:
    """Refuse a pause that ends before it starts."""
    start, end = row["from_date"], row.get("until_date")
    if end is not None and end < start:  # type: ignore[operator]
        return "until_date", "The pause ends before it starts: exchange the dates."
    return None

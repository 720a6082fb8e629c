"""The columns a mapping may fill, per frame: docs/reference/frames.md as data."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa

MONEY = pa.decimal128(18, 3)
RATE = pa.decimal128(9, 6)


class Kind(StrEnum):
    """How a value is read."""

    ID = "ID"  # identifiers and codes: hidden characters are refused
    TEXT = "TEXT"  # names and addresses: hidden characters are stripped and counted
    CODE = "CODE"  # one of a closed list
    CURRENCY = "CURRENCY"
    MONEY = "MONEY"
    RATE = "RATE"
    WHOLE = "WHOLE"
    BOOL = "BOOL"
    DATE = "DATE"


_ARROW = {Kind.MONEY: MONEY, Kind.RATE: RATE, Kind.WHOLE: pa.int32(), Kind.BOOL: pa.bool_(), Kind.DATE: pa.date32()}


@dataclass(frozen=True, kw_only=True)
class Target:
    """One column of a frame: how it is read and within which limits."""

    name: str
    kind: Kind
    required: bool = False
    allowed: frozenset[str] = frozenset()
    value_min: int | None = None
    value_max: int | None = None
    not_after_as_of: bool = False
    personal: bool = False
    default: str | None = None
    length_max: int = 200

    @property
    def arrow_type(self) -> pa.DataType:
        return _ARROW.get(self.kind, pa.string())


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A frame: its columns in their lasting order, its key, and whether it belongs in the vault."""

    name: str
    shape: str
    targets: tuple[Target, ...]
    key: tuple[str, ...]
    order: tuple[str, ...]
    is_personal: bool = False

    def target(self, name: str) -> Target | None:
        return next((target for target in self.targets if target.name == name), None)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(target.name, target.arrow_type) for target in self.targets])


def _t(name: str, kind: Kind, **more: Any) -> Target:
    return Target(name=name, kind=kind, **more)


def _each(names: str, kind: Kind, **more: Any) -> tuple[Target, ...]:
    return tuple(_t(name, kind, **more) for name in names.split())


_BASES = frozenset({"GIVEN", "OLDEST_DUE_DATE", "SCHEDULE", "DERIVED"})

LOANS = Frame(
    name="loans",
    shape="snapshot",
    key=("loan_id",),
    order=("loan_id",),
    targets=(
        *_each("loan_id borrower_id", Kind.ID, required=True),
        _t("borrower_kind", Kind.CODE, required=True, allowed=frozenset({"RETAIL", "SMALL_BUSINESS", "CORPORATE"})),
        _t("product", Kind.ID, required=True),
        *_each("branch channel region industry", Kind.ID),
        _t("currency", Kind.CURRENCY, required=True),
        *_each("contract_rate penalty_uplift", Kind.RATE, value_min=0, value_max=10),
        _t("originated_date", Kind.DATE, not_after_as_of=True),
        _t("maturity_date", Kind.DATE),
        _t("credit_limit", Kind.MONEY, value_min=0),
        _t("balance", Kind.MONEY),
        *_each("arrears arrears_principal arrears_interest arrears_penalty arrears_fees", Kind.MONEY, value_min=0),
        _t("oldest_due_date", Kind.DATE),
        _t("overdue_days", Kind.WHOLE, value_min=0, value_max=36500),
        _t("days_basis", Kind.CODE, required=True, allowed=_BASES),
        _t("credit_standing", Kind.CODE, allowed=frozenset("ABCDE")),
        _t("is_secured", Kind.BOOL),
        _t("collateral_value", Kind.MONEY, value_min=0),
        _t("restructured_date", Kind.DATE),
        _t("is_impaired", Kind.BOOL),
        *_each("is_written_off is_closed", Kind.BOOL, required=True, default="false"),
        _t("paid_in_period", Kind.MONEY),
        _t("payments_made", Kind.WHOLE, value_min=0, value_max=100_000),
    ),
)
INSTALMENTS = Frame(
    name="instalments",
    shape="schedule",
    key=("loan_id",),
    order=("loan_id", "due_date"),
    targets=(
        _t("loan_id", Kind.ID, required=True),
        _t("due_date", Kind.DATE, required=True),
        _t("amount", Kind.MONEY, required=True, value_min=0),
        *_each("principal interest penalty fees", Kind.MONEY, value_min=0),
    ),
)
PAYMENTS = Frame(
    name="payments",
    shape="payments",
    key=("payment_id",),
    order=("loan_id", "paid_date", "payment_id"),
    targets=(
        _t("loan_id", Kind.ID, required=True),
        _t("paid_date", Kind.DATE, required=True, not_after_as_of=True),
        _t("amount", Kind.MONEY, required=True),
        *_each("payment_id reverses", Kind.ID),
    ),
)
PAUSES = Frame(
    name="pauses",
    shape="pauses",
    key=("loan_id", "from_date", "until_date", "kind"),
    order=("loan_id", "from_date", "until_date", "kind"),
    targets=(
        _t("loan_id", Kind.ID, required=True),
        _t("from_date", Kind.DATE, required=True),
        _t("until_date", Kind.DATE),
        _t("kind", Kind.ID, required=True),
    ),
)
PEOPLE = Frame(
    name="people",
    shape="people",
    is_personal=True,
    key=("borrower_id",),
    order=("borrower_id",),
    targets=(
        _t("borrower_id", Kind.ID, required=True),
        _t("name", Kind.TEXT, personal=True),
        *_each("national_id phone phone_2 email", Kind.ID, personal=True),
        _t("address", Kind.TEXT, personal=True, length_max=500),
        *_each("language time_zone", Kind.ID),
        _t("birth_date", Kind.DATE, personal=True, not_after_as_of=True),
        _t("employer", Kind.TEXT, personal=True),
    ),
)
GUARANTORS = Frame(
    name="guarantors",
    shape="guarantors",
    is_personal=True,
    key=("loan_id", "guarantor_id"),
    order=("loan_id", "guarantor_id"),
    targets=(
        *_each("loan_id guarantor_id", Kind.ID, required=True),
        _t("name", Kind.TEXT, personal=True),
        *_each("national_id phone", Kind.ID, personal=True),
        _t("kind", Kind.CODE, required=True, allowed=frozenset({"GENERAL", "JOINT"})),
        _t("guaranteed_amount", Kind.MONEY, value_min=0),
    ),
)
COLLATERALS = Frame(
    name="collaterals",
    shape="collaterals",
    is_personal=True,
    key=("collateral_id", "loan_id"),
    order=("collateral_id", "loan_id"),
    targets=(
        *_each("collateral_id loan_id", Kind.ID, required=True),
        _t("kind", Kind.ID, required=True),
        _t("description", Kind.TEXT, personal=True, length_max=1000),
        _t("owner_name", Kind.TEXT, personal=True),
        _t("value", Kind.MONEY, value_min=0),
        _t("valued_date", Kind.DATE, not_after_as_of=True),
        _t("rank", Kind.WHOLE, value_min=1, value_max=99),
    ),
)

FRAMES: dict[str, Frame] = {
    frame.shape: frame for frame in (LOANS, INSTALMENTS, PAYMENTS, PAUSES, PEOPLE, GUARANTORS, COLLATERALS)
}

# ISO 4217, the codes in use; metals, funds and test codes left out.
CURRENCIES = frozenset(Path(__file__).with_name("currencies.txt").read_text("ascii").split())

"""Forms of income and expenditure, and how far a figure is trusted by its source: data, loaded and checked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from qingshou.kernel.errors import BadInput, NotFound
from qingshou.kernel.lender_settings import part_of, unfit
from qingshou.kernel.verdict import Confidence

_BUDGETS = Path(__file__).parent / "budgets"
FORMS = ("SHORT", "FULL_CN", "FULL_SFS")


class Side(StrEnum):
    """Where a heading stands: what comes in, and in which order it goes out."""

    INCOME = "INCOME"
    PRIORITY = "PRIORITY"  # debts whose loss costs home, energy or freedom: paid before ours
    ESSENTIAL = "ESSENTIAL"
    FLEXIBLE = "FLEXIBLE"
    SAVINGS = "SAVINGS"
    DEBT = "DEBT"  # other creditors of our own rank


class Source(StrEnum):
    """Where a figure comes from."""

    STATED = "STATED"
    DOCUMENT = "DOCUMENT"
    TRANSACTIONS = "TRANSACTIONS"
    BUREAU = "BUREAU"


class OtherDebts(StrEnum):
    """How other creditors are reckoned with."""

    PAYMENTS = "PAYMENTS"  # what is paid to them each month goes off
    PRO_RATA = "PRO_RATA"  # what is left is shared with them by what each is owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One heading of a form; `is_in_floor`: the living floor stands for it."""

    code: str
    side: Side
    group: str
    order: int
    is_in_floor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Savings:
    """What the debtor may put by: a share of the surplus up to a sum a month."""

    share: Decimal
    most: Decimal
    currency: str
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetForm:
    """A form: its headings in order, how other creditors count, and what may be saved."""

    code: str
    version: str
    note: str
    others: OtherDebts
    headings: tuple[Heading, ...]
    savings: Savings | None

    def heading(self, code: str) -> Heading:
        """Return a heading by its code.

        Stops   BadInput  the form has no such heading
        """
        for one in self.headings:
            if one.code == code:
                return one
        raise BadInput(f"The form {self.code} has no heading '{code[:40]}': take one of its own.", heading=code[:40])


@dataclass(frozen=True, slots=True)
class Trust:
    """How far figures of one source are trusted."""

    rank: int
    haircut: Decimal
    width: Decimal


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A version of the trust in sources, and the top of the band as a share of the disposable income."""

    version: str
    high_share: Decimal
    by_source: Mapping[Source, Trust]


@cache
def budget_form(code: str) -> BudgetForm:
    """Return a form by its code: SHORT, FULL_CN or FULL_SFS.

    Stops   NotFound  there is no such form
    """
    if code not in FORMS:
        raise NotFound(f"There is no form '{code[:20]}': use one of {', '.join(FORMS)}.", form=code[:20])
    raw = yaml.safe_load((_BUDGETS / f"{code.lower()}.yaml").read_text(encoding="utf-8"))
    faults = _faults(raw, "form.schema.json")
    codes = [] if faults else [item["code"] for item in raw["headings"]]
    faults += [f"{one} stands twice" for one in sorted({one for one in codes if codes.count(one) > 1})]
    if faults:
        raise BadInput(f"The form {code} is wrong: {'; '.join(faults)}.", faults=faults)
    headings = tuple(
        Heading(
            code=item["code"],
            side=Side(item["side"]),
            group=item["group"],
            order=place,
            is_in_floor=item.get("in_floor", False),
        )
        for place, item in enumerate(raw["headings"])
    )
    return BudgetForm(
        code=raw["code"],
        version=raw["version"],
        note=raw["note"],
        others=OtherDebts(raw["others"]),
        headings=headings,
        savings=_savings(raw.get("savings")),
    )


def _savings(raw: Mapping[str, str] | None) -> Savings | None:
    if raw is None:
        return None
    return Savings(
        share=Decimal(raw["share"]),
        most=Decimal(raw["most"]),
        currency=raw["currency"],
        confidence=Confidence(raw["confidence"]),
    )


def source_table(settings: Mapping[str, Any] | None = None) -> SourceTable:
    """Return how far sources are trusted: the house's table, or the lender's (`affordability_sources`).

    Stops   SettingsUnfit with every fault of the table together
    """
    own = part_of(settings, "affordability_sources")
    raw = own or yaml.safe_load((_BUDGETS / "sources.yaml").read_text(encoding="utf-8"))
    faults = _faults(raw, "sources.schema.json")
    if faults:
        raise unfit("affordability_sources", "; ".join(faults), faults=faults)
    trusts = {
        Source(name): Trust(item["rank"], Decimal(item["haircut"]), Decimal(item["width"]))
        for name, item in raw["sources"].items()
    }
    return SourceTable(raw["version"], Decimal(raw["high_share"]), trusts)


def _faults(raw: object, schema_name: str) -> list[str]:
    schema = json.loads((_BUDGETS / schema_name).read_text(encoding="utf-8"))
    return sorted(f"{one.json_path}: {one.message[:200]}" for one in Draft202012Validator(schema).iter_errors(raw))

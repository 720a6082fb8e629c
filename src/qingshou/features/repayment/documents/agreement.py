"""An agreement as values, and those values as the lines its Word and PDF files show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from qingshou.features.repayment.documents.words import WORDS
from qingshou.features.repayment.rules.capitals import in_capitals
from qingshou.kernel.money import ZERO, minor_digits


@dataclass(frozen=True, slots=True)
class AgreedLoan:
    """One loan: its number, what is owed, what is given up when the agreement is kept, what acceptance does."""

    loan_ref: str
    owed: Decimal
    given_up: Decimal
    limitation: str  # a code of law.limitation, or NOT_COVERED
    new_last_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """All that an agreement says."""

    number: str
    case_number: str
    is_settlement: bool
    lender_name: str
    debtor_name: str = field(repr=False)
    currency: str
    made_on: date
    open_until: date
    loans: tuple[AgreedLoan, ...]
    schedule: tuple[tuple[int, date, Decimal], ...]
    total: Decimal
    cost: Decimal
    grace_days: int
    missed_max: int
    cure_days: int
    stops_collection: bool
    unpaid_max: Decimal | None = None  # more than this unpaid past its grace breaks it
    rate: Decimal | None = None  # effective, a year; None: not told
    is_partial: bool = False  # the debtor has other loans here that it leaves as they are


def lines_of(agreement: Agreement, language: str) -> Mapping[str, Any]:
    """Return the agreement in a language, every amount and date spelt: what the templates are filled with.

    Takes   language  en, zh-hans or zh-hant; amounts stand in capitals too in Chinese
    """
    words, currency = WORDS[language], agreement.currency

    def money(amount: Decimal) -> str:
        return f"{amount:,.{minor_digits(currency)}f} {currency}"

    has_waiver = any(one.given_up > ZERO for one in agreement.loans)
    given: dict[str, object] = {
        "grace_days": agreement.grace_days, "missed_max": agreement.missed_max, "cure_days": agreement.cure_days,
        "unpaid_max": "" if agreement.unpaid_max is None else money(agreement.unpaid_max),
    }  # fmt: skip
    rules = [words["partial"]] if agreement.is_partial else []
    rules += [words["grace"], words["broken"]]
    rules += [words["unpaid"]] if agreement.unpaid_max is not None else []
    rules += [words["early"]]
    rules += [words["waiver"]] if has_waiver else []
    rules += [words["stop"]] if agreement.stops_collection else []
    return {
        "w": words,
        "lang": language,
        "title": words["title_settlement" if agreement.is_settlement else "title"],
        "number": agreement.number,
        "case_number": agreement.case_number,
        "lender_name": agreement.lender_name,
        "debtor_name": agreement.debtor_name,
        "made_on": agreement.made_on.isoformat(),
        "open_until": agreement.open_until.isoformat(),
        "loans": [
            {"ref": one.loan_ref, "owed": money(one.owed), "given_up": money(one.given_up)}
            for one in agreement.loans
        ],
        "schedule": [
            {"position": str(place), "due_on": day.isoformat(), "amount": money(amount)}
            for place, day, amount in agreement.schedule
        ],
        "total": money(agreement.total),
        "total_capitals": ""
        if language == "en"
        else in_capitals(amount=agreement.total, currency=currency, language=language),
        "cost": money(agreement.cost),
        "rate": "" if agreement.rate is None else f"{agreement.rate * 100:,.2f} %",
        "rules": [one.format(**given) for one in rules],
        "limitation": [_limitation(one, words) for one in agreement.loans],
    }  # fmt: skip


def _limitation(loan: AgreedLoan, words: Mapping[str, str]) -> str:
    told = words.get(loan.limitation, words["UNCLEAR"])
    until = loan.new_last_date.isoformat() if loan.new_last_date else "-"
    return f"{loan.loan_ref}: {told.format(new_last_date=until)}"

"""The words of `qingshou law`: codes of the law package in English, and how its answers are laid out."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from rich.table import Table

from qingshou.interfaces.commands.law_allocate_words import ALLOCATION_REASONS, LIMITATION_REASONS
from qingshou.interfaces.commands.law_contact_words import CONTACT_REASONS
from qingshou.kernel.errors import QingshouError
from qingshou.kernel.verdict import Article, Confidence, Reason, Verdict

CLASSES = {
    "1": "stage 1",
    "2": "stage 2",
    "3": "stage 3",
    "NORMAL": "normal",
    "SPECIAL_MENTION": "special mention",
    "SUBSTANDARD": "substandard",
    "DOUBTFUL": "doubtful",
    "LOSS": "loss",
    "I": "class I, normal",
    "II": "class II, special mention",
    "III": "class III, recoverable",
    "IV": "class IV, difficult to recover",
    "V": "class V, not recoverable",
    "STANDARD": "standard",
    "SMA0": "special mention account 0",
    "SMA1": "special mention account 1",
    "SMA2": "special mention account 2",
    "NPA": "non-performing asset",
    "PERFORMING": "performing",
    "NON_PERFORMING": "non-performing",
}
_AMOUNTS = {"unapplied", "open"}  # money keeps its decimals; rates and shares lose their zeros
_OF_OTHERS = CONTACT_REASONS | ALLOCATION_REASONS | LIMITATION_REASONS
REASONS = _OF_OTHERS | {
    "OVERDUE_DAYS": "{overdue_days} days overdue",
    "CARD_OVERDUE_DAYS": "{overdue_days} days overdue on the card ladder",
    "OVERDUE_MONTHS": "{overdue_days} days overdue, counted in months",
    "TECHNICAL_DELAY": "a short technical delay of {overdue_days} days",
    "CREDIT_IMPAIRED": "credit-impaired by the lender's own judgement",
    "EXPECTED_LOSS": "expected credit loss is {share} of the balance",
    "FUNDS_DIVERTED": "the money was used for something else",
    "ROLLED_OVER_BY_NEW_DEBT": "repaid by new borrowing",
    "EVADES_DEBT": "the debtor evades the debt",
    "BANKRUPTCY_LIQUIDATION": "the debtor is in bankruptcy liquidation",
    "OWN_BANK_CONTAGION": "{share} of the debtor's claims here are non-performing",
    "ALL_BANKS_CONTAGION": "{share} of the debtor's debts at all banks are over 90 days overdue",
    "RESTRUCTURED": "restructured, observed until {observed_until}",
    "RESTRUCTURED_AGAIN": "restructured again while observed",
    "RESTRUCTURED_AND_OVERDUE": "restructured and overdue again",
    "NON_PERFORMING_BEFORE_RESTRUCTURING": "non-performing before it was restructured",
    "UPGRADE_TEST_NOT_MET": "was non-performing and has not yet paid normally for long enough",
    "ARREARS_NOT_ALL_PAID": "was non-performing and its arrears are not all paid",
    "UNCOLLECTABLE": "judged uncollectable",
    "OTHER_CREDIT_WEAKNESS": "the debtor has other credit weaknesses",
    "AGREED_INSTALMENTS": "under an agreed instalment plan",
    "NOT_MATERIAL_LONG_ENOUGH": "arrears were material for {material_overdue_days} days only",
    "MATERIAL_OVERDUE_DAYS": "arrears were material for {material_overdue_days} consecutive days",
    "BELOW_MATERIALITY": "arrears are below the materiality threshold",
    "MATERIAL_SINCE_DUE_DATE_ASSUMED": "arrears are material today, taken as material since the due date",
    "MATERIALITY_ASSUMED": "amounts unknown: arrears taken as material",
    "IMPAIRED": "impaired",
    "PULLING_EFFECT": "{share} of the obligor's exposure is over 90 days past due",
    "PROBATION_BROKEN": "probation broken",
    "CURE_NOT_MET": "forborne and not yet cured (not before {cure_date})",
    "WELL_SECURED_HOME_LOAN": "home loan at a loan to value of {loan_to_value}",
    "FIRST_DAY_NOT_COUNTED": "the first day is not counted",
    "LAST_DAY_OF_MONTH": "the month has no such day: its last day counts",
    "DAY_AFTER_HOLIDAY": "{counted_date} is a holiday: the next working day counts",
    "UPLIFT_IN_RANGE": "uplift {uplift} lies between {min} and {max}",
    "UPLIFT_CUT_TO_RANGE": "uplift {uplift} is above the range and cut to {max}",
    "UPLIFT_BELOW_RANGE": "uplift {uplift} is below {min} and stands as agreed",
    "DAY_COUNT": "a day is a year over {year_days}",
    "COMPOUND_BASE": "compound interest runs on unpaid in-term interest",
    "COMPOUND_ON_PENALTY_DISPUTED": "compound on penalty interest was asked for: many courts refuse it",
    "FINANCIAL_INSTITUTION_TOTAL": "all charges of a financial institution: at most {rate} a year",
    "AIDED_LOAN_ALL_FEES": "all fees of an aided online loan: at most {rate} a year",
    "MICRO_LOAN_ALL_IN": "all-in cost of a micro-loan company: at most {rate} a year",
    "MICRO_LOAN_LPR": "four times LPR at the contract: at most {rate} a year",
    "LPR_AT_CONTRACT": "four times LPR at the contract: at most {rate} a year",
    "LPR_AT_FILING": "four times LPR at filing: at most {rate} a year",
    "OLD_RULE": "the rule before 2020-08-20: at most {rate} a year",
    "EXEMPT_FROM_PRIVATE_LENDING_CAP": "outside the private-lending cap; no other cap is entered",
    "CUT_TO_CAP": "cut by {cut} to {rate} a year",
    "TWELVE_MONTH_LOSS": "no presumption met: twelve-month loss",
    "PRESUMED_RISK_INCREASE": "{overdue_days} days past due: a significant rise of risk is presumed",
    "PRESUMED_DEFAULT": "{overdue_days} days past due: default is presumed",
    "WORKDAY": "a working day",
    "SHIFTED_WORKDAY": "a weekend day that is worked",
    "WEEKEND": "a weekend day",
    "HOLIDAY": "a statutory holiday",
    "SHIFTED_HOLIDAY": "free in exchange for a shifted workday",
}
CONFIDENCE = {
    Confidence.READ: "read in the text",
    Confidence.SECONDARY: "read second-hand",
    Confidence.UNVERIFIED: "[bold red]UNVERIFIED[/bold red]",
}


def reason_words(reason: Reason) -> str:
    """Word one reason; a code without words is shown as it is rather than hidden."""
    pattern = REASONS.get(reason.code)
    facts = {key: f"{value:f}" if key in _AMOUNTS else _short(value) for key, value in reason.fields.items()}
    return pattern.format_map(facts) if pattern else reason.code


def reasons_table(reasons: Iterable[Reason]) -> Table:
    """Lay out reasons with their articles; what is unverified is marked as such."""
    table = Table("why", "text and article", "how sure")
    for reason in reasons:
        called = str(reason.fields.get("class", ""))
        why = reason_words(reason) + (f": at least {CLASSES.get(called, called)}" if called else "")
        article = reason.article
        sure = CONFIDENCE[article.confidence if article else Confidence.UNVERIFIED]
        table.add_row(why, f"{article.instrument} {article.article}" if article else "", sure)
    return table


def verdict_json(verdict: Verdict) -> dict[str, object]:
    """Lay out a verdict's reasons and articles for machines."""
    return {"reasons": reasons_json(verdict.reasons), "articles": [article_json(one) for one in verdict.articles]}


def reasons_json(reasons: Iterable[Reason]) -> list[dict[str, object]]:
    """Lay out reasons for machines: code, words, facts, article."""
    return [
        {
            "code": one.code,
            "words": reason_words(one),
            "fields": plain(one.fields),
            "article": article_json(one.article) if one.article else None,
        }
        for one in reasons
    ]


def article_json(article: Article) -> dict[str, str]:
    """Lay out an article for machines."""
    return {
        "instrument": article.instrument,
        "article": article.article,
        "confidence": article.confidence.value,
    }


def problem_json(error: QingshouError) -> dict[str, object]:
    """Lay out an error as the problem object that every command prints with --json."""
    facts = {str(key): plain(value) for key, value in error.fields.items()}
    return {"type": error.code, "title": error.message, "status": error.http_status, **facts}


def plain(value: object) -> object:
    """Bring a value to JSON: dates ISO, decimals as text so that nothing is lost, dataclasses as objects."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, list | tuple | frozenset):
        return [plain(item) for item in value]
    return value


def _short(value: object) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)

"""The variables a message may use: a fixed list, each with words, an example a language, and how long it may get.

A variable is a name and nothing else: no attribute, no index, no format, no code. What is not on this list does not
exist for a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LANGUAGES = ("zh-hans", "zh-hant", "en")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable.

    `examples` are typical values, so that lengths and segments of a template are counted on them; `may_be_empty`: an
    empty value is a value (a notice that only some places require), everywhere else it counts as missing.
    """

    code: str
    words: str
    examples: Mapping[str, str]
    length_max: int = 60
    is_personal: bool = False
    may_be_empty: bool = False

    def example(self, language: str) -> str:
        """Return the example in a language, in English where there is none."""
        return self.examples.get(language, self.examples["en"])


def _same(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text)


def _in(zh_hans: str, zh_hant: str, en: str) -> dict[str, str]:
    return {"zh-hans": zh_hans, "zh-hant": zh_hant, "en": en}


_ALL = (
    Variable("debtor_name", "Name of the debtor", _in("王小明", "王小明", "Wang Ming"), 80, is_personal=True),
    Variable("lender_name", "Name of the lender", _in("示例银行", "示例銀行", "Sample Bank"), 60),
    Variable("case_number", "Number of the case", _same("2026-00000001"), 40),
    Variable("loan_ref_tail", "Last four characters of the loan number", _same("6688"), 4),
    Variable("amount_due", "Amount overdue", _same("1,200.50"), 30),
    Variable("currency", "Currency", _in("元", "元", "CNY"), 10),
    Variable("due_date", "Date of the oldest unpaid instalment", _same("2026-11-11"), 10),
    Variable("overdue_days", "Days overdue", _same("12"), 6),
    Variable("next_amount", "Amount of the next instalment", _same("1,200.50"), 30),
    Variable("next_due_date", "Date of the next instalment", _same("2026-12-11"), 10),
    Variable("pay_by_date", "Date by which we ask for an answer", _same("2026-12-01"), 10),
    Variable("promise_amount", "Amount promised", _same("600.00"), 30),
    Variable("promise_date", "Date promised", _same("2026-11-28"), 10),
    Variable("call_back_date", "Date of the call-back agreed", _same("2026-11-26"), 10),
    Variable("paid_amount", "Amount of the last payment", _same("600.00"), 30),
    Variable("paid_date", "Date of the last payment", _same("2026-11-20"), 10),
    Variable("plan_number", "Number of the plan", _same("2026-00000001-P1"), 40),
    Variable("plan_amount", "Amount of the plan's next instalment", _same("600.00"), 30),
    Variable("plan_due_date", "Date of the plan's next instalment", _same("2026-12-05"), 10),
    Variable("one_time_code", "One-time code", _same("204617"), 10),
    Variable("code_minutes", "Minutes for which the code is good", _same("10"), 3),
    Variable(
        "portal_link",
        "Address of the debtor's own page",
        _same("https://pay.bank.example/my/bank/Zk3v9QmX1tB7cR5wYpLs0uHaEoJdNgTiVf8yKx2MqWn"),
        160,
    ),
    Variable("link_days", "Days for which the link is good", _same("7"), 3),
    Variable("contact_phone", "Telephone number of the lender", _same("400-800-1234"), 30),
    Variable("pay_link", "Address of the lender's payment page", _same("https://pay.bank.example"), 120),
    Variable("payment_ref", "Reference to pay under", _same("RF78 0000 1234 5678"), 25),
    Variable("agent_name", "Name of the person in charge", _in("李静", "李靜", "Li Jing"), 60),
    Variable("opt_out_words", "Word to reply with to opt out", _in("T", "T", "STOP"), 10),
    Variable("today", "Today's date", _same("2026-11-25"), 10),
    Variable(
        "collector_notice",
        "Notice of a debt collector, where the law wants it",
        _in(
            "本信息由收债人为催收债务发出，所获信息将用于该目的。",
            "本訊息由收債人為催收債務發出，所獲資訊將用於該目的。",
            "This is an attempt to collect a debt by a debt collector. Any information obtained will be used for that "
            "purpose.",
        ),
        240,
        may_be_empty=True,
    ),
)

VARIABLES: Mapping[str, Variable] = MappingProxyType({one.code: one for one in _ALL})


def examples_in(language: str) -> dict[str, str]:
    """Return an example value of every variable, in a language."""
    return {code: variable.example(language) for code, variable in VARIABLES.items()}


CURRENCY_WORDS = {
    "zh-hans": {
        "CNY": "元",
        "HKD": "港元",
        "TWD": "新台币元",
        "USD": "美元",
        "EUR": "欧元",
        "GBP": "英镑",
        "JPY": "日元",
    },
    "zh-hant": {
        "CNY": "人民幣元",
        "HKD": "港元",
        "TWD": "元",
        "USD": "美元",
        "EUR": "歐元",
        "GBP": "英鎊",
        "JPY": "日圓",
    },
}


def currency_words(currency: str, language: str) -> str:
    """Return a currency as it is written behind an amount; its code where there is no word."""
    return CURRENCY_WORDS.get(language, {}).get(currency, currency)


def nearest_language(code: str) -> str:
    """Return which of our languages a language code of a tape or a person means; '' where it means none of them."""
    bare = code.strip().lower().replace("_", "-")
    if bare in LANGUAGES:
        return bare
    if bare.startswith("zh"):
        return "zh-hant" if any(part in bare for part in ("hant", "tw", "hk", "mo")) else "zh-hans"
    return "en" if bare.split("-")[0] == "en" else ""

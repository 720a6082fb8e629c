"""Every code that the rules of budgets and offers give has words, and every sentence can be filled."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from qingshou.features.repayment import rules
from qingshou.features.repayment.phrases import budget, offers
from qingshou.features.repayment.rules.affordability import Willingness
from qingshou.features.repayment.rules.budget_forms import FORMS, Side, Source, budget_form
from qingshou.features.repayment.rules.budget_lines import Every
from qingshou.features.repayment.rules.offer_limits import NOBODY, Standing
from qingshou.features.repayment.rules.offer_policy import LimitKind, offer_policy
from qingshou.features.repayment.rules.offers import Label
from qingshou.features.repayment.rules.pay_days import DayCount, Frequency, Roll
from qingshou.features.repayment.rules.schedule import Grace, Kind
from qingshou.kernel.verdict import Reason

RULES = Path(rules.__file__).parent
OF_BUDGETS = ("affordability.py", "living_floors.py", "spending_guides.py")
OF_OFFERS = ("offer_building.py", "offer_law.py", "offer_search.py", "schedule.py", "settlements.py")


def codes_in(names: tuple[str, ...]) -> set[str]:
    text = "\n".join((RULES / name).read_text(encoding="utf-8") for name in names)
    return set(re.findall(r'(?:Reason\(\s*|reason=)"([A-Z_]+)"', text))


def test_reasons_have_words_and_words_have_reasons():
    assert codes_in(OF_BUDGETS) == set(budget.REASONS)
    assert codes_in(OF_OFFERS) == set(offers.REASONS)


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (FORMS, budget.FORMS),
        (Side, budget.SIDES),
        (Source, budget.SOURCES),
        (Every, budget.EVERY),
        (Willingness, budget.WILLINGNESS),
        (Label, offers.LABELS),
        (LimitKind, offers.LIMITS),
        (Standing, offers.STANDINGS),
        (Kind, offers.SCHEDULE_KINDS),
        (Grace, offers.GRACES),
        (Frequency, offers.FREQUENCIES),
        (DayCount, offers.DAY_COUNTS),
        (Roll, offers.ROLLS),
        ({one.code for form in FORMS for one in budget_form(form).headings}, budget.HEADINGS),
        ({one.group for form in FORMS for one in budget_form(form).headings}, budget.GROUPS),
    ],
)
def test_codes_have_words(codes, words):
    assert {str(one) for one in codes} == set(words)


def test_roles_have_words():
    assert {*offer_policy().roles, *offer_policy().same_as, NOBODY} <= set(offers.ROLES)


@pytest.mark.parametrize("module", [budget, offers])
def test_sentences_are_filled(module):
    for code, sentence in module.REASONS.items():
        names = re.findall(r"%\((\w+)\)s", str(sentence))
        reason = Reason(code, dict.fromkeys(names, Decimal("1.50")))
        shown = (module.budget_reason_words if module is budget else module.offer_reason_words)(reason)
        assert "%(" not in shown
        assert shown.count("1.50") == len(names)


def test_a_code_without_words_shows_itself():
    assert budget.budget_reason_words(Reason("NEW_CODE")) == "NEW_CODE"


@translation.override("en")
def test_amounts_stand_with_their_decimals_and_days_as_iso():
    assert "(0.00) and 4,000.50." in offers.offer_reason_words(
        Reason("NO_LUMP_SUM", {"lump_sum": Decimal(0), "high": Decimal("4000.5") + Decimal("0.00")})
    )
    assert "of 10.00 a month" in offers.offer_reason_words(Reason("WAY_TOKEN_PAYMENT", {"amount": Decimal(10)}))
    assert "2026-11-30" in offers.offer_reason_words(
        Reason("RATE_CAP_NOT_ENTERED", {"contract_date": date(2026, 11, 30)})
    )

"""What of a lender's settings this feature reads, said as it starts; each judged by who reads it."""

from collections.abc import Mapping
from typing import Any

from qingshou.features.repayment.rules.account_settings import is_re_ageing_allowed, waiver_alone_max
from qingshou.features.repayment.rules.budget_forms import source_table
from qingshou.features.repayment.rules.by_word import by_word_policy
from qingshou.features.repayment.rules.hardship import hardship_kinds
from qingshou.features.repayment.rules.living_floors import floor_table
from qingshou.features.repayment.rules.loan_terms import lender_policy
from qingshou.features.repayment.rules.matching_policy import matching_policy
from qingshou.features.repayment.rules.offer_policy import offer_policy
from qingshou.features.repayment.rules.plan_policy import plan_policy
from qingshou.features.repayment.rules.promise_policy import promise_policy
from qingshou.features.repayment.rules.spending_guides import spending_guide
from qingshou.kernel.lender_settings import part_of, unfit
from qingshou.tenancy.settings_checks import register_settings

# names under `repayment` -> what reads them
_READERS = {
    "by_word": lambda settings: by_word_policy(settings=settings),
    "hardship": hardship_kinds,
    "plans": lambda settings: plan_policy(settings=settings),
    "promises": lambda settings: promise_policy(settings=settings),
    "re_age": is_re_ageing_allowed,
    "waiver_alone_max": waiver_alone_max,
}


def check_repayment(settings: Mapping[str, Any]) -> None:
    """Stop with SettingsUnfit where `repayment` holds a name or a value that nothing here reads."""
    own = part_of(settings, "repayment")
    unknown = sorted(own.keys() - _READERS.keys())
    if unknown:
        raise unfit(f"repayment.{unknown[0]}", f"the names are {', '.join(_READERS)}")
    for name in sorted(own):
        _READERS[name](settings)


def register_repayment_settings() -> None:
    """Say which keys are read."""
    register_settings("repayment", check_repayment)
    register_settings("allocation", lender_policy)
    register_settings("matching_policy", matching_policy)
    register_settings("offer_policy", offer_policy)
    register_settings("affordability_sources", source_table)
    register_settings("living_floors", lambda settings: floor_table(part_of(settings, "living_floors")))
    register_settings("spending_guide", lambda settings: spending_guide(part_of(settings, "spending_guide")))
    register_settings("lender_kind", _check_kind)


def _check_kind(settings: Mapping[str, Any]) -> None:
    if not isinstance(settings["lender_kind"], str):
        raise unfit("lender_kind", "a kind such as BANK is expected")

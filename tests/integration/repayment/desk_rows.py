"""A budget as it is told, for what the negotiation desk is tried on."""

from decimal import Decimal
from typing import Any

from tests.integration.contact.rows import NOW

from qingshou.audit.actors import SYSTEM
from qingshou.features.repayment.models import Budget
from qingshou.features.repayment.operations.budgets import record_budget
from qingshou.features.repayment.rules.told_budget import ToldBudget, ToldLine

FIGURES = {"INCOME_OWN": "6000", "HOUSING": "1500", "LIVING": "1800", "DEPENDANTS": "400", "OTHER_DEBTS": "500"}


def told(figures: dict[str, str] | None = None, *, form: str = "SHORT", **more: Any) -> ToldBudget:
    """Return a budget of figures a month, all told by the debtor."""
    lines = tuple(
        ToldLine(heading=code, amount=Decimal(amount))
        for code, amount in (FIGURES if figures is None else figures).items()
    )
    return ToldBudget(form=form, lines=lines, **({"place": "CN", "willingness": "WILLING"} | more))


def make_budget(case: Any, *, actor: Any = SYSTEM, now: Any = NOW, **more: Any) -> Budget:
    """Take a budget for a case."""
    return record_budget(case_id=case.id, told=told(**more), actor=actor, now=now)

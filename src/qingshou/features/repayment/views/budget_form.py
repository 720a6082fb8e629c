"""The form of a budget read from a request, and laid out again: every heading with amount, rhythm, source, document."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

from qingshou.features.repayment.phrases import budget as words
from qingshou.features.repayment.phrases.desk import PROBLEMS
from qingshou.features.repayment.queries.budgets import BudgetLineShown, BudgetShown
from qingshou.features.repayment.rules.budget_forms import (
    FORMS,
    BudgetForm,
    OtherDebts,
    Side,
    Source,
    budget_form,
    source_table,
)
from qingshou.features.repayment.rules.told_budget import ToldBudget, ToldLine
from qingshou.features.repayment.views.desk_shown import amount_given, whole_given
from qingshou.tenancy.queries import current_tenant

NEW_DOCUMENT = "NEW"
_FIELDS = ("amount", "every", "source", "document", "balance")


def form_of(code: str, *, otherwise: str = "SHORT") -> BudgetForm:
    """Return the form asked for."""
    return budget_form(code if code in FORMS else otherwise if otherwise in FORMS else "SHORT")


def told_of(post: Mapping[str, str], form: BudgetForm, *, new_document: str = "") -> ToldBudget:
    """Read what was typed; a line left empty is not told. `new_document` stands for the file that came along."""
    lines = []
    for heading in form.headings:
        amount, balance = (
            post.get(f"amount_{heading.code}", "").strip(),
            post.get(f"balance_{heading.code}", "").strip(),
        )
        if not amount and not balance:
            continue
        document = post.get(f"document_{heading.code}", "")
        lines.append(
            ToldLine(
                heading=heading.code, amount=amount_given(amount or "0"),
                every=post.get(f"every_{heading.code}", "") or "MONTH",
                source=post.get(f"source_{heading.code}", "") or "STATED",
                balance=amount_given(balance) if balance else None,
                document_hash=new_document if document == NEW_DOCUMENT else document[:64],
            )
        )  # fmt: skip
    return ToldBudget(
        form=form.code, lines=tuple(lines), adults=whole_given(post.get("adults", "1")),
        children=whole_given(post.get("children", "0") or "0"), place=post.get("place", "").strip().upper()[:60],
        willingness=post.get("willingness", "") or "UNKNOWN",
    )  # fmt: skip


def values_of(shown: BudgetShown | None, form: BudgetForm) -> dict[str, str]:
    """Return the fields as the last budget had them, for every heading this form has too; of two figures of one
    heading the stronger source's."""
    values: dict[str, str] = {}
    if shown is None:
        return values
    budget = shown.budget
    values |= {"adults": str(budget.adults), "children": str(budget.children), "willingness": budget.willingness,
               "place": budget.floor_place}  # fmt: skip
    asked = {one.code for one in form.headings}
    for line in _by_strength(shown):
        if line.heading not in asked:
            continue
        told = (plain_amount(line.told_amount), line.told_every, line.source, line.document_hash,
                plain_amount(line.balance))  # fmt: skip
        values |= {f"{name}_{line.heading}": text for name, text in zip(_FIELDS, told, strict=True)}
    return values


def carried_of(shown: BudgetShown | None, form: BudgetForm) -> dict[str, Any] | None:
    """Return what the last budget, taken in another form, gives to this one: the headings carried over, and the
    figures that stand under no heading of this form and have to be told anew; None where nothing is of another form."""
    if shown is None or shown.budget.form == form.code:
        return None
    asked = {one.code for one in form.headings}
    last = {line.heading: line for line in _by_strength(shown)}
    return {
        "form": words.FORMS[shown.budget.form], "on": shown.budget.as_of, "currency": shown.budget.currency,
        "same": [words.HEADINGS[code] for code in last if code in asked],
        "anew": [
            {"words": words.HEADINGS[code], "amount": line.told_amount, "every": words.EVERY[line.told_every],
             "source": words.SOURCES[line.source]}
            for code, line in last.items() if code not in asked
        ],
    }  # fmt: skip


def _by_strength(shown: BudgetShown) -> list[BudgetLineShown]:
    """Return the lines in the form's order, the one whose source is trusted most last of its heading."""
    trust = source_table(current_tenant().settings).by_source
    headings = list(dict.fromkeys(line.heading for line in shown.lines))
    return sorted(shown.lines, key=lambda one: (headings.index(one.heading), trust[Source(one.source)].rank))


def groups_of(form: BudgetForm, values: Mapping[str, str], problems: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the form's headings by group, each with what stands in its fields and what is wrong with it."""
    has_balance = form.others is OtherDebts.PRO_RATA
    groups = []
    for (group, side), headings in groupby(form.headings, key=lambda one: (one.group, one.side)):
        lines = [
            {
                "code": one.code, "words": words.HEADINGS[one.code], "is_in_floor": one.is_in_floor,
                "has_balance": has_balance and side is Side.DEBT,
                **{name: values.get(f"{name}_{one.code}", "") for name in _FIELDS},
                "problem": PROBLEMS.get(problems.get(one.code, ""), ""),
            }
            for one in headings
        ]  # fmt: skip
        groups.append({"words": words.GROUPS[group], "side": side.value, "side_words": words.SIDES[side.value],
                       "lines": lines, "is_told": any(one["amount"] for one in lines)})  # fmt: skip
    return groups


def plain_amount(value: Decimal | None) -> str:
    """Return an amount as it stands in a field: no separators, no needless noughts."""
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

"""What the debtor earns and needs to live: seven figures, kept as a draft until they are sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qingshou.features.portal.operations.drafts import open_draft, save_draft
from qingshou.features.portal.operations.proposals import INCOME, tell_income
from qingshou.features.portal.phrases.income import EVERY, FIGURES, HINTS, PROBLEMS
from qingshou.features.portal.views.asks import form_page
from qingshou.features.portal.views.forms import Field, amount_given
from qingshou.features.portal.views.visiting import Visitor, inside
from qingshou.features.repayment.errors import BudgetRefused, OffersNotPossible
from qingshou.features.repayment.rules.told_budget import ToldBudget, ToldLine
from qingshou.kernel.money import ZERO

FORM = "SHORT"


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def income(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take the figures; 'later' keeps them as a draft."""
    post = request.POST
    typed = {key: post.get(key, "")[:40] for key in (*FIGURES, "adults", "children")} if request.method == "POST" else (
        open_draft(borrower_id=visitor.borrower_id, form=INCOME, now=visitor.now)
    )  # fmt: skip
    fields = _fields(typed, visitor.case.currency)
    if request.method == "POST":
        if post.get("later"):
            save_draft(borrower_id=visitor.borrower_id, form=INCOME, values=typed, now=visitor.now)
            return redirect(f"{request.path}?kept=1")
        if _is_sent(visitor, typed, fields):
            return redirect("portal:plan", lender=visitor.tenant.code)
    wrong = [one for one in fields if one.problem]
    return form_page(
        request, visitor, title=_("What you can afford"), fields=fields, button=_("Send"), status=422 if wrong else 200,
        lead=_("Seven figures, as far as you know them. From them we work out payments that leave you enough to live."),
        second_button=_("Keep it and finish later"), is_kept=request.GET.get("kept") == "1",
    )  # fmt: skip


def _fields(typed: dict[str, str], currency: str) -> list[Field]:
    figures = [
        Field(code, words, "money", value=typed.get(code, ""), unit=currency, hint=HINTS.get(code, ""))
        for code, words in FIGURES.items()
    ]
    people = [
        Field("adults", _("Adults in your household"), value=typed.get("adults", "1"),
              attributes={"inputmode": "numeric"}),
        Field("children", _("Children in your household"), value=typed.get("children", "0"),
              attributes={"inputmode": "numeric"}),
    ]  # fmt: skip
    return [*figures, *people]


def _is_sent(visitor: Visitor, typed: dict[str, str], fields: list[Field]) -> bool:
    """Send the figures; problems are named at their fields."""
    by_name = {one.name: one for one in fields}
    lines = []
    for code in FIGURES:
        amount = amount_given(typed[code]) if typed[code].strip() else ZERO
        if amount is None:
            by_name[code].problem = PROBLEMS["AMOUNT_UNREADABLE"]
            continue
        lines.append(ToldLine(heading=code, amount=amount, every=EVERY))
    if any(one.problem for one in fields):
        return False
    told = ToldBudget(form=FORM, lines=tuple(lines), adults=_count(typed["adults"]), children=_count(typed["children"]))
    try:
        tell_income(case_id=visitor.case.id, borrower_id=visitor.borrower_id, told=told, now=visitor.now)
    except BudgetRefused as refusal:
        problems: dict[str, str] = refusal.fields["problems"]  # type: ignore[assignment]
        for name, code in problems.items():
            by_name.get(name, fields[0]).problem = PROBLEMS.get(code, PROBLEMS["AMOUNT_UNREADABLE"])
        return False
    except OffersNotPossible:
        return True  # the figures are kept; the page of the plan says that nothing can be offered now
    return True


def _count(text: str) -> int | None:
    bare = text.strip()
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 4 else None

"""A plan as its page shows it: schedule, rules in words, what acceptance does under the law, the offer behind it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from qingshou.edges.figures import money
from qingshou.features.repayment.operations.plan_accepting import loan_facts_of
from qingshou.features.repayment.operations.plan_acts import needs_stop
from qingshou.features.repayment.phrases import agreements as words
from qingshou.features.repayment.phrases.plan_pages import EFFECTS, RULES
from qingshou.features.repayment.queries.plans import PlanPage
from qingshou.features.repayment.rules.plan_law import judge_term, limitation_of
from qingshou.features.repayment.rules.plan_states import FOLLOWED, WAITING, PlanState
from qingshou.features.repayment.views.desk_shown import article_words
from qingshou.features.repayment.views.offer_shown import GIVEN_UP
from qingshou.law.values import title_of

TONES = {"ACTIVE": "good", "KEPT": "good", "BROKEN": "bad", "AWAITING_APPROVAL": "note", "AWAITING_ACCEPTANCE": "note"}
_INSTALMENT_TONES = {"PAID": "good", "LATE": "note", "MISSED": "bad"}
_MONTHS_A_YEAR = 12
# what acceptance takes from the debtor is said loudly
_LOUD = frozenset({"EXPIRY_WAIVED", "UNCLEAR", "NOT_COVERED"})


def shown_plan(page: PlanPage, *, on: date, jurisdiction: str) -> dict[str, Any]:
    """Return what the page shows of a plan on a day."""
    plan = page.plan
    return {
        "page": page,
        "plan": plan,
        "row": page.row,
        "state": words.PLAN_STATES[plan.state],
        "tone": TONES.get(plan.state, ""),
        "kind": words.PLAN_KINDS[plan.kind],
        "ended": words.END_REASONS.get(plan.ended_reason, ""),
        "is_waiting": plan.state in WAITING,
        "is_open": plan.state == PlanState.AWAITING_ACCEPTANCE and on <= plan.offered_until,
        "is_followed": plan.state in FOLLOWED,
        "lines": [
            {"line": one, "state": words.INSTALMENT_STATES[one.state], "tone": _INSTALMENT_TONES.get(one.state, ""),
             "code": one.state.lower()}
            for one in page.instalments
        ],
        "by_core": [
            (one, day, amount) for one in page.instalments for receipt, day, amount in one.counted if receipt is None
        ],
        "loans": [_loan(one) for one in page.loans],
        "rules": _rules(page, on),
        "effects": _effects(page, on, jurisdiction) if plan.state in WAITING else [],
    }  # fmt: skip


def _loan(one: Any) -> dict[str, Any]:
    given_up = [(GIVEN_UP.get(kind, kind), Decimal(text)) for kind, text in one.waivers.items()]
    return {"ref": one.ledger.loan.loan_ref, "owed": one.owed, "given_up": given_up}


def _rules(page: PlanPage, on: date) -> list[str]:
    plan = page.plan
    share = f"{plan.threshold_pct:f}".rstrip("0").rstrip(".")
    others = plan.offer.terms.get("not_about", ()) if plan.offer else ()
    told: list[tuple[str, dict[str, object]]] = [("partial", {"loans": ", ".join(others)})] if others else []
    told += [
        ("grace", {"days": plan.grace_days}), ("threshold", {"share": share}), ("missed", {"count": plan.missed_max}),
    ]  # fmt: skip
    if plan.unpaid_max is not None:
        told.append(("unpaid", {"amount": money(plan.unpaid_max, plan.currency)}))
    told.append(("cure", {"days": plan.cure_days}))
    if plan.state in WAITING:
        told.append(("offered", {"day": plan.offered_until}))
    if page.given_up > 0:
        told.append(("waived", {}))
    if plan.stop_id is not None or (plan.state in WAITING and needs_stop(plan, on=on)):
        told.append(("stop", {}))
    if plan.observed_until is not None:
        told.append(("observed", {"day": plan.observed_until}))
    return [str(RULES[code]) % fields for code, fields in told]


def _effects(page: PlanPage, on: date, jurisdiction: str) -> list[dict[str, Any]]:
    """Return what acceptance would do today: to the limitation of each loan, and what the law says of the term."""
    found = []
    for loan, facts in loan_facts_of(page.plan, on=on):
        told = limitation_of(jurisdiction=jurisdiction, loan=facts, on=on)
        code = told.effect.value if told else "NOT_COVERED"
        articles = dict.fromkeys(article_words(one.article) for one in told.reasons if one.article) if told else {}
        found.append({
            "ref": loan.ledger.loan.loan_ref, "words": EFFECTS[code], "is_loud": code in _LOUD,
            "old": told.old_last_date if told else None, "new": told.new_last_date if told else None,
            "articles": "; ".join(articles),
        })  # fmt: skip
    products = [one.ledger.loan.product for one in page.loans]
    term = judge_term(jurisdiction=jurisdiction, products=products, months=_months(page.row.ends_on, on),
                      exceeds_ability=True, on=on)  # fmt: skip
    cited: Sequence[str] = [article_words(one.article) for one in term.reasons if one.article]
    if cited:
        told_of_cards = _("A card plan: at most five years, and collection stops while it is kept.")
        found.append({"ref": "", "words": told_of_cards, "is_loud": False, "old": None, "new": None,
                      "articles": "; ".join(dict.fromkeys(cited))})  # fmt: skip
    return found


def accepted_effects(page: PlanPage, facts: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return what acceptance did to the limitation of each loan, as it was put on record then; none before it."""
    refs = {str(one.ledger_id): one.ledger.loan.loan_ref for one in page.loans}
    return [
        {
            "ref": refs.get(str(one["ledger"]), ""), "words": EFFECTS.get(one["effect"], one["effect"]),
            "is_loud": one["effect"] in _LOUD, "old": _day(one.get("old_last_date")),
            "new": _day(one.get("new_last_date")),
            "articles": "; ".join(_cited(text) for text in one.get("articles", ())),
        }
        for one in (facts or {}).get("limitation", ())
    ]  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _cited(text: str) -> str:
    instrument, _gap, article = text.partition(" ")
    return f"{title_of(instrument)} {article}".strip()


def _months(end: date, begin: date) -> int:
    months = (end.year - begin.year) * _MONTHS_A_YEAR + end.month - begin.month
    return max(1, months + (1 if end.day > begin.day else 0))

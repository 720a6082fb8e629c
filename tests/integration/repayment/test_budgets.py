"""Income and expenditure taken: state, record and rollback; every bad line named; figures with their sources."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.integration.repayment.agreement_rows import NOW, actions, make_debtor
from tests.integration.repayment.desk_rows import make_budget, told

from qingshou.access.actors import actor_of
from qingshou.audit.queries import list_events
from qingshou.features.cases.errors import CaseClosed, NoSuchCase
from qingshou.features.cases.models import Case
from qingshou.features.repayment.errors import BudgetRefused, NoSuchBudget
from qingshou.features.repayment.models import Budget, BudgetLine, FiledDocument
from qingshou.features.repayment.operations import budgets
from qingshou.features.repayment.operations.budgets import record_budget
from qingshou.features.repayment.queries.budgets import get_budget, latest_budget, list_budgets
from qingshou.features.repayment.rules.told_budget import ToldLine

HASH = "a" * 64


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users):
    return make_debtor("b1", owner=users["COLLECTOR"], overdue_days=40)


def filed(case):
    return FiledDocument.objects.create(
        case_id=case.id, kind="INCOME_PROOF", content_type="image/png", size_bytes=1, document_hash=HASH,
        source="DESK", stored_by="test", stored_at=NOW,
    )  # fmt: skip


def test_a_budget_is_judged_kept_and_recorded(case, me):
    budget = record_budget(case_id=case.id, told=told(), actor=me, now=NOW, note="works nights")
    assert (budget.income, budget.essential, budget.other_debts) == (Decimal(6000), Decimal(3700), Decimal(500))
    assert (budget.disposable, budget.band_high) == (Decimal(1800), Decimal(1800))
    assert budget.band_low == Decimal("1170.00")
    assert (budget.willingness, budget.source, budget.taken_by) == ("WILLING", "DESK", "collector")
    assert BudgetLine.objects.filter(budget=budget).count() == 5
    event = list_events(subject_kind="CASE", subject_id=case.id, limit=1)[0]
    assert (event.action, event.facts["disposable"]) == ("BUDGET_TAKEN", "1800.00")
    assert "works nights" not in str(event.facts)
    assert b"works nights" not in bytes(budget.note)


def test_willingness_changes_no_figure(case, me):
    figures = {(one.disposable, one.band_low, one.band_high) for one in (
        make_budget(case, actor=me, willingness=code) for code in ("WILLING", "HESITANT", "REFUSES", "UNKNOWN")
    )}  # fmt: skip
    assert len(figures) == 1


def test_every_bad_line_is_named_and_nothing_is_kept(case, me):
    lines = (
        ToldLine(heading="INCOME_OWN", amount=None),
        ToldLine(heading="HOUSING", amount=Decimal("-1")),
        ToldLine(heading="LIVING", amount=Decimal("1.005")),
        ToldLine(heading="YACHT", amount=Decimal(1)),
        ToldLine(heading="DEPENDANTS", amount=Decimal(1), every="DAY"),
        ToldLine(heading="OTHER_DEBTS", amount=Decimal(1), source="GOSSIP"),
        ToldLine(heading="PRIORITY_DEBTS", amount=Decimal(1), source="DOCUMENT"),
        ToldLine(heading="INCOME_OTHER", amount=Decimal(1), balance=Decimal(5)),
    )
    bad = told(adults=0, children=31, willingness="EAGER")
    bad = type(bad)(**{**{name: getattr(bad, name) for name in bad.__slots__}, "lines": lines})
    before = actions(case.id, prefix=("BUDGET_",))
    with pytest.raises(BudgetRefused) as refused:
        record_budget(case_id=case.id, told=bad, actor=me, now=NOW)
    assert refused.value.fields["problems"] == {
        "adults": "HOUSEHOLD_UNFIT", "children": "HOUSEHOLD_UNFIT", "willingness": "WILLINGNESS_UNKNOWN",
        "INCOME_OWN": "AMOUNT_UNREADABLE", "HOUSING": "AMOUNT_BELOW_ZERO", "LIVING": "AMOUNT_TOO_FINE",
        "YACHT": "HEADING_UNKNOWN", "DEPENDANTS": "EVERY_UNKNOWN", "OTHER_DEBTS": "SOURCE_UNKNOWN",
        "PRIORITY_DEBTS": "DOCUMENT_MISSING", "INCOME_OTHER": "BALANCE_NOT_HERE",
    }  # fmt: skip
    assert Budget.objects.count() == 0
    assert actions(case.id, prefix=("BUDGET_",)) == before


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"form": "LONG"}, "form", "FORM_UNKNOWN"),
        ({"figures": {}}, "lines", "NOTHING_TOLD"),
        ({"figures": {"HOUSING": "0"}}, "lines", "NOTHING_TOLD"),
        ({"figures": {"INCOME_OWN": "1000000000.01"}}, "INCOME_OWN", "AMOUNT_TOO_LARGE"),
    ],
)
def test_what_cannot_be_judged_is_refused(case, me, changes, field, code):
    with pytest.raises(BudgetRefused) as refused:
        record_budget(case_id=case.id, told=told(**changes), actor=me, now=NOW)
    assert refused.value.fields["problems"][field] == code


def test_a_document_must_be_filed_with_this_case(case, me, users):
    line = ToldLine(heading="INCOME_OWN", amount=Decimal(6000), source="DOCUMENT", document_hash=HASH)
    proved = type(told())(form="SHORT", lines=(line,), place="CN")
    filed(make_debtor("b2", owner=users["COLLECTOR"]))
    with pytest.raises(BudgetRefused) as refused:
        record_budget(case_id=case.id, told=proved, actor=me, now=NOW)
    assert refused.value.fields["problems"] == {"INCOME_OWN": "DOCUMENT_NOT_FILED"}
    filed(case)
    budget = record_budget(case_id=case.id, told=proved, actor=me, now=NOW)
    # proved figures make the band a fifth wide, told ones more than a third
    assert budget.band_low == (budget.band_high * Decimal("0.80")).quantize(Decimal("0.01"))


def test_two_sources_of_one_heading_stand_side_by_side_and_the_stronger_counts(case, me):
    lines = (
        ToldLine(heading="INCOME_OWN", amount=Decimal(6000)),
        ToldLine(heading="INCOME_OWN", amount=Decimal(5200), source="TRANSACTIONS"),
        ToldLine(heading="LIVING", amount=Decimal(2000)),
    )
    both = type(told())(form="SHORT", lines=lines, place="CN")
    budget = record_budget(case_id=case.id, told=both, actor=me, now=NOW, source="API")
    assert budget.income == Decimal(5200)
    shown = get_budget(budget_id=budget.id, case_id=case.id)
    assert [(one.heading, one.source, one.monthly_amount) for one in shown.lines][:2] == [
        ("INCOME_OWN", "STATED", Decimal(6000)), ("INCOME_OWN", "TRANSACTIONS", Decimal(5200)),
    ]  # fmt: skip
    assert "STRONGER_SOURCE" in [one.code for one in shown.reasons]


def test_the_checklist_is_met_by_a_document_only(case, me):
    stages = budgets.process_of(case).stages.items()
    stage = next(code for code, one in stages if one.item("INCOME_AND_SPENDING_TAKEN"))
    Case.objects.filter(id=case.id).update(stage=stage)
    case.refresh_from_db()
    make_budget(case, actor=me)
    assert not case.evidence.exists()
    filed(case)
    line = ToldLine(heading="INCOME_OWN", amount=Decimal(6000), source="DOCUMENT", document_hash=HASH)
    for _twice in range(2):
        record_budget(case_id=case.id, told=type(told())(form="SHORT", lines=(line,)), actor=me, now=NOW)
    (evidence,) = case.evidence.all()
    assert (evidence.item, evidence.document_hash) == ("INCOME_AND_SPENDING_TAKEN", HASH)


def test_the_newest_holds_and_another_case_is_not_reached(case, me, users):
    first = make_budget(case, actor=me)
    second = make_budget(case, actor=me, now=NOW + timedelta(minutes=1), figures={"INCOME_OWN": "4000"})
    assert latest_budget(case_id=case.id) == second
    assert list_budgets(case_id=case.id) == [second, first]
    other = make_debtor("b3", owner=users["COLLECTOR"])
    with pytest.raises(NoSuchBudget):
        get_budget(budget_id=first.id, case_id=other.id)


def test_a_closed_or_missing_case_takes_none(case, me):
    with pytest.raises(NoSuchCase):
        record_budget(case_id=me.user_id, told=told(), actor=me, now=NOW)
    Case.objects.filter(id=case.id).update(closed_on=NOW.date(), closed_reason="PAID")
    with pytest.raises(CaseClosed):
        record_budget(case_id=case.id, told=told(), actor=me, now=NOW)


def test_a_form_that_shares_by_right_takes_what_is_owed_to_us(case, me):
    lines = (
        ToldLine(heading="SALARY", amount=Decimal(4000)),
        ToldLine(heading="RENT", amount=Decimal(800)),
        ToldLine(heading="OTHER_DEBTS", amount=Decimal(300), balance=Decimal("24010.00")),
    )
    with pytest.raises(BudgetRefused):
        record_budget(case_id=case.id, told=type(told())(form="FULL_SFS", lines=(*lines, lines[0])), actor=me, now=NOW)
    budget = record_budget(case_id=case.id, told=type(told())(form="FULL_SFS", lines=lines), actor=me, now=NOW)
    # all that is owed to us, with the arrears' charges, is 24,110: a hundred more than to the others
    whole = budget.disposable + budget.other_debts
    assert budget.disposable == (whole * Decimal(24110) / Decimal(48120)).quantize(Decimal("0.01"), "ROUND_DOWN")


def test_when_the_record_fails_nothing_is_kept(case, me, monkeypatch):
    def fail(**_given):
        raise RuntimeError("no record")

    monkeypatch.setattr(budgets, "record", fail)
    with pytest.raises(RuntimeError):
        record_budget(case_id=case.id, told=told(), actor=me, now=NOW)
    assert Budget.objects.count() == 0

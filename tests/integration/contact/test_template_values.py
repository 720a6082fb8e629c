"""What variables are for a case: known ones as they are written, unknown ones left out, many as cheap as one."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.contact.rows import DAY, NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.features.book.models import Instalment, Loan, Payment
from qingshou.features.cases.models import Case
from qingshou.features.contact.models import Attempt, CaseStep, PromiseTaken
from qingshou.features.contact.queries.values import values_of
from qingshou.features.contact.templating import MissingValue, render
from qingshou.privacy.models import PersonalDataRead
from qingshou.tenancy.queries import current_tenant


def of(case, **more):
    return values_of(case_ids=[case.id], now=NOW, **more)[case.id]


def change(case, **columns):
    Case.objects.filter(id=case.id).update(**columns)


@pytest.fixture
def told(tenant):
    tenant.name = "甲银行"
    tenant.settings = {"contact": {"details": {"contact_phone": "400-1", "pay_link": "https://pay.example"}}}
    tenant.save()
    return tenant


def test_what_is_known_of_a_case(told, users):
    case = make_debtor("A1", name="王小明", arrears="12345.5", owner=users["COLLECTOR"])
    found = of(case)
    assert found == {
        "debtor_name": "王小明", "lender_name": "甲银行", "case_number": case.number, "loan_ref_tail": "LA1",
        "amount_due": "12,345.50", "currency": "元", "due_date": "2026-11-11", "overdue_days": "12",
        "pay_by_date": found["pay_by_date"], "contact_phone": "400-1", "pay_link": "https://pay.example",
        "agent_name": "Collector", "opt_out_words": "T", "today": "2026-11-23", "collector_notice": "",
    }  # fmt: skip


@pytest.mark.parametrize(("columns", "name"), [
    ({"arrears": None}, "amount_due"), ({"arrears": Decimal(0)}, "amount_due"), ({"overdue_days": 0}, "overdue_days"),
    ({"overdue_days": None}, "overdue_days"), ({"stage_due_on": None}, "pay_by_date"),
    ({"stage_due_on": DAY - timedelta(days=1)}, "pay_by_date"),
])  # fmt: skip
def test_what_is_not_known_is_left_out_and_stops_that_case_only(told, columns, name):
    case, other = make_debtor("B1"), make_debtor("B2")
    change(case, **columns)
    both = values_of(case_ids=[case.id, other.id], now=NOW)
    assert name not in both[case.id]
    with pytest.raises(MissingValue) as stopped:
        render(f"{{{name}}}", both[case.id])
    assert stopped.value.fields["variables"] == [name]
    assert render(f"{{{name}}}", both[other.id])


def test_instalments_payments_promises_and_steps(told):
    case = make_debtor("C1")
    loan = Loan.objects.get(loan_ref="LC1")
    for position, due in enumerate((DAY - timedelta(days=12), DAY + timedelta(days=18), DAY + timedelta(days=48))):
        Instalment.objects.create(loan=loan, position=position, due_date=due, amount=Decimal("880.005"))
    payments = (("P1", 5, "100", ""), ("P2", 3, "300", ""), ("P3", 2, "-300", "P2"))
    for ref, days, amount, reverses in payments:
        Payment.objects.create(loan=loan, payment_ref=ref, paid_date=DAY - timedelta(days=days),
                               amount=Decimal(amount), reverses_ref=reverses)  # fmt: skip
    CaseStep.objects.create(case_id=case.id, ladder="MILD", ladder_version=1, step="REMINDER", entered_on=DAY,
                            due_on=DAY + timedelta(days=4))  # fmt: skip
    change(case, next_action="CALL_BACK", next_action_on=DAY + timedelta(days=1))
    found = of(case)
    shown = {name: found[name] for name in ("next_amount", "next_due_date", "paid_amount", "paid_date", "pay_by_date",
                                            "call_back_date")}  # fmt: skip
    assert shown == {
        "next_amount": "880.01", "next_due_date": "2026-12-11", "paid_amount": "100.00", "paid_date": "2026-11-18",
        "pay_by_date": "2026-11-27", "call_back_date": "2026-11-24",
    }  # fmt: skip


def test_a_promise(told):
    case = make_debtor("D1")
    for amount, days in ((Decimal(100), 1), (Decimal("250.5"), 5)):
        PromiseTaken.objects.create(
            attempt=attempt_of(case), case_id=case.id, amount=amount, currency="CNY", due_on=DAY + timedelta(days=days),
            pay_by="TRANSFER", taken_by="collector", taken_at=NOW + timedelta(minutes=days),
        )  # fmt: skip
    found = of(case)
    assert (found["promise_amount"], found["promise_date"]) == ("250.50", "2026-11-28")


def attempt_of(case):
    from qingshou.features.contact.operations.door import Asked, reserve
    from qingshou.law.contact.terms import Channel

    return Attempt.objects.get(id=reserve(
        asked=Asked(borrower_id=case.borrower_id, channel=Channel.PHONE, case_id=case.id, key=str(uuid4())),
        actor=SYSTEM, now=NOW,
    ).id)  # fmt: skip


@pytest.mark.parametrize(("language", "currency", "word", "reply"), [
    ("zh-hans", "CNY", "元", "T"), ("zh-TW", "CNY", "人民幣元", "T"), ("en", "CNY", "CNY", "STOP"),
    ("", "CNY", "元", "T"), ("xx", "JPY", "日元", "T"),
])  # fmt: skip
def test_in_the_persons_language(told, language, currency, word, reply):
    case = make_debtor("E1", language=language, arrears="1000")
    change(case, currency=currency)
    found = of(case)
    assert (found["currency"], found["opt_out_words"]) == (word, reply)
    assert found["amount_due"] == ("1,000" if currency == "JPY" else "1,000.00")


def test_the_american_notice(told):
    case = make_debtor("F1", language="en")
    assert of(case)["collector_notice"] == ""
    told.jurisdiction = "us"
    told.save()
    assert of(case)["collector_notice"].startswith("This is an attempt to collect a debt")
    told.settings["contact"]["collector_kind"] = "CREDITOR"
    told.save()
    assert of(case)["collector_notice"] == ""


def test_a_batch_is_one_read_of_names_and_as_few_queries_as_one(told):
    cases = [make_debtor(f"G{number}") for number in range(30)]
    unnamed = make_debtor("H1")
    from qingshou.features.book.models import Borrower

    Borrower.objects.filter(id=unnamed.borrower_id).update(name=None)

    def cost(ids):
        with CaptureQueriesContext(connection) as queries:
            found = values_of(case_ids=ids, now=NOW)
        return len(queries), found

    one, _ = cost([cases[0].id])
    before = set(PersonalDataRead.objects.values_list("id", flat=True))
    many, found = cost([case.id for case in cases] + [unnamed.id, uuid4()])
    assert many == one
    assert set(found) == {case.id for case in cases} | {unnamed.id}
    assert "debtor_name" not in found[unnamed.id]
    read = PersonalDataRead.objects.exclude(id__in=before).get()
    assert (read.role, read.purpose, read.clear_fields) == ("SENDER", "MESSAGE", ["name"])
    assert set(read.subject_ids) == {case.borrower_id for case in cases}
    assert values_of(case_ids=[], now=NOW) == {}


@pytest.mark.parametrize(("role", "name"), [
    ("COLLECTOR", "欧阳娜娜"), ("COMPLIANCE_OFFICER", "欧阳娜娜"), ("RISK_OFFICER", "欧阳**"),
    ("ADMINISTRATOR", "欧阳**"),
])  # fmt: skip
def test_a_preview_shows_what_the_role_may_see(told, role, name):
    case = make_debtor("I1", name="欧阳娜娜")
    assert of(case, role=role, purpose="TEMPLATE_PREVIEW")["debtor_name"] == name


def test_another_lenders_cases_are_not_there(told, other_tenant):
    from qingshou.tenancy.context import using

    case = make_debtor("J1")
    with using(other_tenant.id):
        assert values_of(case_ids=[case.id], now=NOW) == {}
    assert current_tenant().id == told.id
    assert date.fromisoformat(of(case)["today"]) == DAY

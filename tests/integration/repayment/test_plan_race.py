"""One code accepted by ten at once, two plans of one debtor made by ten at once: one is; without the lock more are."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from tests.conftest import make_users
from tests.integration.repayment.agreement_rows import DAY, NOW, actions, make_debtor, make_offer

from qingshou.access.actors import actor_of
from qingshou.features.repayment.errors import CodeRefused, PlanNotNow
from qingshou.features.repayment.models import OneTimeCode, Plan
from qingshou.features.repayment.operations import codes, plans
from qingshou.features.repayment.operations.plan_accepting import ACCEPTANCE, accept_by_code
from qingshou.features.repayment.rules.plan_policy import CodePolicy
from qingshou.tenancy.context import using

WORKERS = 10
POLICY = CodePolicy(digits=6, minutes=10, tries=5, per_day=5)


def at_once(tenant, act, expected=()):
    """Let ten do the same at once; gives what each got: its answer, or the name of what stopped it."""
    begin, answers = threading.Barrier(WORKERS), []

    def work():
        try:
            with using(tenant.id):
                begin.wait()
                answers.append(act())
        except expected as stopped:
            answers.append(type(stopped).__name__)
        except BaseException as error:  # noqa: BLE001 - told by the test, whatever it is
            answers.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return answers


@pytest.fixture
def case(committed):
    people = make_users(committed, prefix=f"{committed.code}-")
    made = make_debtor("race", owner=people["COLLECTOR"], overdue_days=40)
    made.actor = actor_of(people["COLLECTOR"])
    return made


def offer_of(case):
    return make_offer(case, [(DAY + timedelta(days=30), "100"), (DAY + timedelta(days=60), "100")])


def a_code(plan):
    row, digits = codes.new_code(purpose=ACCEPTANCE, subject_id=plan.id, borrower_id=plan.borrower_id, policy=POLICY,
                                 now=NOW)  # fmt: skip
    codes.keep_code(row, message_id=None, now=NOW)
    return digits


def test_of_ten_who_accept_with_one_code_one_does(committed, case):
    plan = plans.propose_plan(case_id=case.id, offer_id=offer_of(case).id, actor=case.actor, role="COLLECTOR", now=NOW)
    digits = a_code(plan)
    answers = at_once(
        committed,
        lambda: accept_by_code(plan_id=plan.id, digits=digits, actor=case.actor, now=NOW).state,
        (CodeRefused, PlanNotNow),
    )
    assert sorted(answers) == ["ACTIVE"] + ["PlanNotNow"] * (WORKERS - 1)
    assert actions(case.id).count("PLAN_ACCEPTED") == 1


def used(plan, digits):
    with transaction.atomic():
        return codes.use_code(purpose=ACCEPTANCE, subject_id=plan.id, digits=digits, now=NOW)


def test_a_code_by_itself_is_good_once(committed, case):
    plan = plans.propose_plan(case_id=case.id, offer_id=offer_of(case).id, actor=case.actor, role="COLLECTOR", now=NOW)
    digits = a_code(plan)
    assert sorted(at_once(committed, lambda: used(plan, digits))) == [False] * (WORKERS - 1) + [True]


def test_without_the_lock_it_is_good_more_than_once(committed, case, monkeypatch):
    plan = plans.propose_plan(case_id=case.id, offer_id=offer_of(case).id, actor=case.actor, role="COLLECTOR", now=NOW)
    digits = a_code(plan)
    met, hash_of = threading.Barrier(WORKERS), codes.hash_of

    def all_have_read(code_id, told):
        met.wait(timeout=60)
        return hash_of(code_id, told)

    monkeypatch.setattr(OneTimeCode.objects, "select_for_update", lambda **_given: OneTimeCode.objects.all())
    monkeypatch.setattr(codes, "hash_of", all_have_read)
    assert at_once(committed, lambda: used(plan, digits)).count(True) > 1


def propose(case, offer):
    return plans.propose_plan(case_id=case.id, offer_id=offer.id, actor=case.actor, role="COLLECTOR", now=NOW).state


def test_of_ten_plans_of_one_debtor_one_is_made(committed, case):
    offer = offer_of(case)
    answers = at_once(committed, lambda: propose(case, offer), (PlanNotNow,))
    assert sorted(answers) == ["AWAITING_ACCEPTANCE"] + ["PlanNotNow"] * (WORKERS - 1)
    assert Plan.objects.filter(case=case.id).count() == 1


def test_without_the_case_s_lock_the_database_has_to_refuse(committed, case, monkeypatch):
    from qingshou.features.cases.models import Case

    offer = offer_of(case)
    monkeypatch.setattr(plans, "lock_case", lambda case_id: Case.objects.get(id=case_id))
    answers = at_once(committed, lambda: propose(case, offer), (PlanNotNow, IntegrityError))
    assert answers.count("IntegrityError") > 0
    assert Plan.objects.filter(case=case.id).count() == 1

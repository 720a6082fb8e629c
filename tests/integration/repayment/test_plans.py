"""Plans: made, approved, accepted by code or signature, followed, ended; the case, the stop, the record beside them."""

import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from tests.integration.repayment.agreement_rows import (
    DAY,
    NOW,
    actions,
    add_receipt,
    at,
    ledger_of,
    look,
    make_debtor,
    make_offer,
    take_back,
)
from tests.told import told

from qingshou.access.actors import actor_of
from qingshou.approvals.models import ApprovalRequest
from qingshou.approvals.operations import ApprovalRefused, approve, reject
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.book.models import Loan
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.models import Message, StopPlaced
from qingshou.features.contact.operations.template_set import install_starting_set, set_contact_details
from qingshou.features.repayment.errors import BadAgreementInput, CodeRefused, NoSuchPlan, PlanNotNow, PlanRefused
from qingshou.features.repayment.models import (
    Account,
    FiledDocument,
    LedgerEvent,
    NegotiationStep,
    OneTimeCode,
    Plan,
    PlanInstalment,
    Promise,
)
from qingshou.features.repayment.operations import plan_accepting, plans, promises
from qingshou.features.repayment.operations.agreement_day import end_plans
from qingshou.features.repayment.queries.plans import acceptance_of
from qingshou.privacy.sealing import unseal

D = Decimal
DUES = [DAY + timedelta(days=30 * place) for place in range(1, 5)]


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def lead(users):
    return users["TEAM_LEAD"]


@pytest.fixture
def case(users):
    made = make_debtor("p1", owner=users["COLLECTOR"], overdue_days=40)
    return made


@pytest.fixture
def wordings(me, lead):
    install_starting_set(actor=me, now=NOW, approved_by=actor_of(lead))
    set_contact_details(details={"contact_phone": "400-800-1234"}, actor=me, now=NOW)


def offered(case, *, amounts=("100",) * 4, **more):
    return make_offer(case, list(zip(DUES, amounts, strict=False)), **more)


def proposed(case, me, offer=None, **more):
    given = {"role": "COLLECTOR", "now": NOW} | more
    return plans.propose_plan(case_id=case.id, offer_id=(offer or offered(case)).id, actor=me, **given)


def signed(case):
    digest = uuid4().hex * 2
    FiledDocument.objects.create(case_id=case.id, kind="SIGNED_AGREEMENT", content_type="application/pdf", size_bytes=1,
                                 document_hash=digest, source="DESK", stored_by="test", stored_at=NOW)  # fmt: skip
    return digest


def accepted(case, me, offer=None, *, now=NOW, **more):
    plan = proposed(case, me, offer, now=now, **more)
    return plan_accepting.accept_by_signature(plan_id=plan.id, document_hash=signed(case), actor=me, now=now)


def digits_sent():
    message = Message.objects.order_by("-queued_at", "-id").first()
    return re.search(r"\d{6}", unseal(message.body, place="contact_message.body", row_id=message.id)).group()


def last_facts(case, action):
    events = list_events(subject_kind="CASE", subject_id=case.id, limit=300)
    return next(one for one in events if one.action == action).facts


def test_a_plan_within_limits_waits_for_the_debtor(case, me):
    plan = proposed(case, me)
    assert (plan.state, plan.total, plan.number) == ("AWAITING_ACCEPTANCE", D(400), f"{case.number}-P1")
    assert (plan.offered_until, plan.ends_on, plan.unpaid_max) == (DAY + timedelta(days=7), DUES[3], D(100))
    assert [one.amount for one in plan.instalments.order_by("position")] == [D(100)] * 4
    held = get_case(case_id=case.id)
    assert (held.next_action, held.next_action_on) == ("REVIEW_PLAN", plan.offered_until)
    assert held.evidence.filter(item="PLAN_OFFERED").count() == (held.stage == "REPAYMENT_PLAN")
    assert actions(case.id) == ["PLAN_PROPOSED"]


def test_of_two_plans_of_one_debtor_one_waits(case, me):
    proposed(case, me)
    with pytest.raises(PlanNotNow):
        proposed(case, me)
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"dues": [(DAY - timedelta(days=1), "100")]}, "DATES_PAST"),
        ({"needs_role": "NOBODY"}, "BEYOND_EVERY_ROLE"),
        ({"dues": [(date(2031, 11, 24), "100")], "product": "CARD"}, "PLAN_TOO_LONG"),
    ],
)
def test_a_plan_that_cannot_be_leaves_nothing(case, me, change, code):
    given = {"dues": [(DUES[0], "100")]} | change
    offer = make_offer(case, given.pop("dues"), **given)
    with pytest.raises(PlanRefused) as refused:
        proposed(case, me, offer)
    assert [one["code"] for one in refused.value.fields["reasons"]] == [code]
    assert (Plan.objects.count(), PlanInstalment.objects.count(), actions(case.id)) == (0, 0, [])


def test_a_card_plan_of_five_years_may_be(case, me):
    assert proposed(case, me, make_offer(case, [(date(2031, 11, 23), "100")], product="CARD")).state


def test_another_case_s_offer_is_not_there(case, me, users):
    other = make_debtor("p2", owner=users["COLLECTOR"])
    with pytest.raises(NoSuchPlan):
        proposed(case, me, offered(other))


def test_beyond_the_limit_a_second_person_decides(case, me, lead, users):
    plan = proposed(case, me, offered(case, needs_role="TEAM_LEAD", waivers={"PENALTY": "10"}), reason="illness")
    asked = ApprovalRequest.objects.get()
    assert (plan.state, asked.kind, asked.subject_id, asked.amount) == ("AWAITING_APPROVAL", "PLAN", case.id, D(10))
    with pytest.raises(ApprovalRefused):
        approve(request_id=asked.id, decider=users["COLLECTOR"], now=NOW)
    approve(request_id=asked.id, decider=lead, now=NOW + timedelta(days=2))
    plan.refresh_from_db()
    assert (plan.state, plan.offered_until) == ("AWAITING_ACCEPTANCE", DAY + timedelta(days=9))
    assert actions(case.id) == ["PLAN_PROPOSED", "PLAN_APPROVED"]


def test_the_debtor_s_yes_stands_in_the_negotiation(case, me):
    plan = accepted(case, me)
    step = NegotiationStep.objects.get()
    assert (step.party, step.kind, step.offer_id, step.channel) == ("DEBTOR", "ACCEPTED", plan.offer_id, "")
    assert step.document_hash == plan.signed_hash
    assert last_facts(case, "NEGOTIATION_ACCEPTED")["offer"] == str(plan.offer_id)


def test_what_acceptance_did_is_read_from_the_record(case, me):
    plan = proposed(case, me)
    assert acceptance_of(plan=plan) is None
    plan = plan_accepting.accept_by_signature(plan_id=plan.id, document_hash=signed(case), actor=me, now=NOW)
    facts = acceptance_of(plan=plan)
    assert facts["limitation"] == last_facts(case, "PLAN_ACCEPTED")["limitation"]
    assert [one["effect"] for one in facts["limitation"]] == ["RESTARTS"]


def test_an_approver_needs_the_role_the_offer_needs(case, me, lead, users):
    proposed(case, me, offered(case, needs_role="RISK_OFFICER", waivers={"PRINCIPAL": "10"}), reason="illness")
    asked = ApprovalRequest.objects.get()
    with pytest.raises(PlanRefused):
        approve(request_id=asked.id, decider=lead, now=NOW)
    assert Plan.objects.get().state == "AWAITING_APPROVAL"
    approve(request_id=asked.id, decider=users["RISK_OFFICER"], now=NOW)
    assert Plan.objects.get().state == "AWAITING_ACCEPTANCE"


def test_a_rejected_plan_is_cancelled(case, me, lead):
    proposed(case, me, offered(case, needs_role="TEAM_LEAD"), reason="illness")
    reject(request_id=ApprovalRequest.objects.get().id, decider=lead, now=NOW, note="too much")
    plan = Plan.objects.get()
    assert (plan.state, plan.ended_reason) == ("CANCELLED", "NOT_APPROVED")
    assert actions(case.id) == ["PLAN_PROPOSED", "PLAN_CANCELLED"]


def test_a_plan_that_is_rejected_at_night_ends_on_the_lenders_day(case, me, lead):
    proposed(case, me, offered(case, needs_role="TEAM_LEAD"), reason="illness")
    night = NOW.replace(hour=16, minute=30)  # half past midnight in Shanghai, of the next day
    reject(request_id=ApprovalRequest.objects.get().id, decider=lead, now=night, note="too much")
    assert Plan.objects.get().ended_on == NOW.date() + timedelta(days=1)


def test_accepted_by_the_code_that_was_sent(case, me, wordings):
    plan = proposed(case, me)
    code = plan_accepting.ask_code(plan_id=plan.id, actor=me, now=NOW)
    digits = digits_sent()
    assert (len(digits), code.tries_left, code.expires_at) == (6, 5, NOW + timedelta(minutes=10))
    assert digits not in told(str(list_events(subject_kind="CASE", subject_id=case.id, limit=300)))
    made = plan_accepting.accept_by_code(plan_id=plan.id, digits=digits, actor=me, now=NOW + timedelta(minutes=9))
    assert (made.state, made.accepted_by, made.starts_on) == ("ACTIVE", "CODE", DAY)
    held = get_case(case_id=case.id)
    assert (held.next_action, held.next_action_on) == ("REVIEW_PLAN", DUES[0])
    facts = last_facts(case, "PLAN_ACCEPTED")
    assert facts["limitation"][0]["effect"] in {"RESTARTS", "NOT_RUNNING"}
    assert facts["limitation"][0]["articles"]
    # 2023 办法 art 20: from the first agreed date, a year
    assert made.observed_until == DUES[0].replace(year=DUES[0].year + 1)


@pytest.mark.parametrize(
    ("minutes", "change", "is_good"),
    [(9, 0, True), (10, 0, False), (11, 0, False), (1, 1, False)],
)
def test_a_code_is_good_for_ten_minutes(case, me, wordings, minutes, change, is_good):
    plan = proposed(case, me)
    plan_accepting.ask_code(plan_id=plan.id, actor=me, now=NOW)
    digits = f"{(int(digits_sent()) + change) % 10**6:06d}"
    given = {"plan_id": plan.id, "digits": digits, "actor": me, "now": NOW + timedelta(minutes=minutes)}
    if is_good:
        assert plan_accepting.accept_by_code(**given).state == "ACTIVE"
    else:
        with pytest.raises(CodeRefused):
            plan_accepting.accept_by_code(**given)
        assert Plan.objects.get().state == "AWAITING_ACCEPTANCE"


def test_five_wrong_tries_end_a_code(case, me, wordings):
    plan = proposed(case, me)
    plan_accepting.ask_code(plan_id=plan.id, actor=me, now=NOW)
    right = digits_sent()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(CodeRefused):
            plan_accepting.accept_by_code(plan_id=plan.id, digits=wrong, actor=me, now=NOW)
        assert OneTimeCode.objects.get().tries_left == left
    with pytest.raises(CodeRefused):
        plan_accepting.accept_by_code(plan_id=plan.id, digits=right, actor=me, now=NOW)


def test_a_new_code_ends_the_one_before_and_five_a_day_are_sent(case, me, wordings, tenant):
    tenant.refresh_from_db()
    tenant.settings |= {"contact_policy": {"limits": []}}
    tenant.save()
    plan = proposed(case, me)
    plan_accepting.ask_code(plan_id=plan.id, actor=me, now=NOW)
    first = digits_sent()
    for minute in range(1, 5):
        plan_accepting.ask_code(plan_id=plan.id, actor=me, now=NOW + timedelta(minutes=minute))
    second = digits_sent()
    if first != second:
        with pytest.raises(CodeRefused):
            plan_accepting.accept_by_code(plan_id=plan.id, digits=first, actor=me, now=NOW + timedelta(minutes=5))
    with pytest.raises(PlanNotNow):
        plan_accepting.ask_code(plan_id=plan.id, actor=me, now=NOW + timedelta(minutes=6))


def test_without_an_approved_wording_no_code_is_sent(case, me):
    plan = proposed(case, me)
    with pytest.raises(PlanRefused) as refused:
        plan_accepting.ask_code(plan_id=plan.id, actor=me, now=NOW)
    assert refused.value.fields["reasons"] == [{"code": "NO_TEMPLATE"}]
    assert (OneTimeCode.objects.count(), Message.objects.count()) == (0, 0)


def test_a_signature_needs_its_document(case, me):
    plan = proposed(case, me)
    with pytest.raises(BadAgreementInput):
        plan_accepting.accept_by_signature(plan_id=plan.id, document_hash="0" * 64, actor=me, now=NOW)


@pytest.mark.parametrize(("days", "is_open"), [(6, True), (7, True), (8, False)])
def test_accepted_until_its_last_day(case, me, days, is_open):
    plan = proposed(case, me)
    given = {"plan_id": plan.id, "document_hash": signed(case), "actor": me, "now": at(DAY + timedelta(days=days))}
    if is_open:
        assert plan_accepting.accept_by_signature(**given).state == "ACTIVE"
    else:
        with pytest.raises(PlanNotNow):
            plan_accepting.accept_by_signature(**given)


def test_a_plan_nobody_accepts_lapses(case, me):
    plan = proposed(case, me)
    day = plan.offered_until
    assert end_plans(as_of=day, now=at(day), actor=SYSTEM).expired == 0
    day += timedelta(days=1)
    assert end_plans(as_of=day, now=at(day), actor=SYSTEM).expired == 1
    plan.refresh_from_db()
    assert (plan.state, plan.ended_on) == ("EXPIRED", day)
    assert get_case(case_id=case.id).next_action == "CONTACT_DEBTOR"


def test_a_plan_strikes_out_open_promises(case, me):
    promise = promises.record_promise(case_id=case.id, amount=D(50), due_on=DUES[0] - timedelta(days=20), actor=me,
                                      now=NOW)  # fmt: skip
    accepted(case, me)
    promise.refresh_from_db()
    assert (promise.state, promise.ended_reason) == ("INVALIDATED", "PLAN_AGREED")


def test_collection_of_a_card_stops_while_its_plan_is_honoured(case, me):
    plan = accepted(case, me, offered(case, product="CARD"))
    stop = StopPlaced.objects.get()
    assert (plan.stop_id, stop.kind, stop.source, stop.lifted_at) == (stop.id, "HARDSHIP", "PLAN", None)
    day = DUES[1] + timedelta(days=4)
    look(case, day)
    stop.refresh_from_db()
    plan.refresh_from_db()
    assert (plan.state, plan.stop_id, stop.lifted_at) == ("BROKEN", None, at(day))
    add_receipt(case, "200", day)
    look(case, day)
    plan.refresh_from_db()
    assert (plan.state, StopPlaced.objects.get(lifted_at__isnull=True).id) == ("ACTIVE", plan.stop_id)


def test_other_loans_have_no_such_stop(case, me):
    assert accepted(case, me).stop_id is None
    assert StopPlaced.objects.count() == 0


def test_the_life_of_a_plan(case, me):
    plan = accepted(case, me)
    add_receipt(case, "120", DUES[0])
    look(case, DUES[0])
    assert get_case(case_id=case.id).next_action_on == DUES[1]
    broken_on = DUES[2] + timedelta(days=4)
    for day in (DUES[1] + timedelta(days=4), broken_on - timedelta(days=1)):
        assert look(case, day).plans == {}
    look(case, broken_on)
    plan.refresh_from_db()
    assert (plan.state, plan.broken_on) == ("BROKEN", broken_on)
    assert get_case(case_id=case.id).next_action == "CONTACT_DEBTOR"
    add_receipt(case, "180", broken_on + timedelta(days=15))
    look(case, broken_on + timedelta(days=15))
    plan.refresh_from_db()
    assert (plan.state, plan.broken_on) == ("ACTIVE", None)
    receipt = add_receipt(case, "100", DUES[3])
    look(case, DUES[3])
    plan.refresh_from_db()
    assert (plan.state, plan.ended_on, plan.ended_reason) == ("KEPT", DUES[3], "SETTLED")
    take_back(receipt, DUES[3])
    look(case, DUES[3] + timedelta(days=1))
    plan.refresh_from_db()
    assert (plan.state, plan.ended_on) == ("ACTIVE", None)
    assert actions(case.id) == [
        "PLAN_PROPOSED", "PLAN_ACCEPTED", "INSTALMENT_PAID", "INSTALMENT_MISSED", "INSTALMENT_MISSED", "PLAN_BROKEN",
        "INSTALMENT_PAID", "INSTALMENT_PAID", "PLAN_CURED", "INSTALMENT_PAID", "PLAN_KEPT", "PLAN_REOPENED",
    ]  # fmt: skip


def penalty_of(case):
    return sum(Account.objects.filter(ledger=ledger_of(case), kind="PENALTY").values_list("balance", flat=True))


def test_what_is_given_up_is_given_up_once_the_plan_is_kept(case, me):
    before = penalty_of(case)
    assert before > 0
    plan = accepted(case, me, offered(case, waivers={"PENALTY": str(before)}))
    add_receipt(case, "399.99", DAY)
    look(case, DAY)
    assert penalty_of(case) == before
    receipt = add_receipt(case, "0.01", DAY + timedelta(days=1))
    look(case, DAY + timedelta(days=1))
    plan.refresh_from_db()
    assert (plan.state, penalty_of(case)) == ("KEPT", 0)
    assert LedgerEvent.objects.get(kind="WAIVER").facts["under"] == plan.number
    take_back(receipt, DAY + timedelta(days=2))
    look(case, DAY + timedelta(days=2))
    plan.refresh_from_db()
    assert (plan.state, penalty_of(case)) == ("ACTIVE", before)
    assert plan.loans.get().waiver_event_id is None


def test_re_negotiated_the_old_plan_goes_on_until_the_new_one_is_accepted(case, me):
    old = accepted(case, me)
    day = DAY + timedelta(days=3)
    new = proposed(case, me, now=at(day))
    old.refresh_from_db()
    assert (old.state, new.state) == ("ACTIVE", "AWAITING_ACCEPTANCE")
    new = plan_accepting.accept_by_signature(plan_id=new.id, document_hash=signed(case), actor=me, now=at(day))
    old.refresh_from_db()
    assert (old.state, old.ended_on, new.state, new.supersedes_id) == ("SUPERSEDED", day, "ACTIVE", old.id)
    assert (old.number, new.number) == (f"{case.number}-P1", f"{case.number}-P2")


def test_a_plan_is_taken_back_by_agreement(case, me):
    plan = accepted(case, me, offered(case, product="CARD"))
    plans.cancel_plan(plan_id=plan.id, reason="BY_AGREEMENT", actor=me, now=at(DAY + timedelta(days=1)))
    plan.refresh_from_db()
    assert (plan.state, plan.ended_reason, plan.stop_id) == ("CANCELLED", "BY_AGREEMENT", None)
    assert StopPlaced.objects.filter(lifted_at__isnull=True).count() == 0
    with pytest.raises(PlanNotNow):
        plans.cancel_plan(plan_id=plan.id, reason="BY_AGREEMENT", actor=me, now=NOW)
    with pytest.raises(BadAgreementInput):
        plans.cancel_plan(plan_id=plan.id, reason="WHIM", actor=me, now=NOW)


def test_people_are_reminded_three_days_and_one_before_each_once(case, me, wordings):
    accepted(case, me)
    sent = {}
    for before in (4, 3, 2, 1, 0):
        day = DUES[0] - timedelta(days=before)
        for _again in (1, 2):
            found = end_plans(as_of=day, now=at(day), actor=SYSTEM).reminded
            sent[before] = sent.get(before, 0) + found.get("QUEUED", 0)
    assert sent == {4: 0, 3: 1, 2: 0, 1: 1, 0: 0}
    words = unseal(Message.objects.first().body, place="contact_message.body", row_id=Message.objects.first().id)
    assert "100.00" in words
    assert DUES[0].isoformat() in words


def test_nobody_is_reminded_of_a_day_long_past(case, me, wordings):
    accepted(case, me)
    day = DUES[0] - timedelta(days=3)
    assert end_plans(as_of=day, now=at(day + timedelta(days=4)), actor=SYSTEM).reminded == {}
    assert end_plans(as_of=day, now=at(day + timedelta(days=3)), actor=SYSTEM).reminded == {"QUEUED": 1}


def test_what_is_paid_already_is_not_reminded_of(case, me, wordings):
    accepted(case, me)
    add_receipt(case, "100", DAY)
    day = DUES[0] - timedelta(days=3)
    assert end_plans(as_of=day, now=at(day), actor=SYSTEM).reminded == {}


def test_what_stops_half_way_leaves_the_plan_waiting(case, me, monkeypatch):
    plan = proposed(case, me)
    digest = signed(case)

    def fails(*_given, **_more):
        raise RuntimeError

    monkeypatch.setattr(plan_accepting, "follow", fails)
    with pytest.raises(RuntimeError):
        plan_accepting.accept_by_signature(plan_id=plan.id, document_hash=digest, actor=me, now=NOW)
    plan.refresh_from_db()
    assert (plan.state, actions(case.id), Promise.objects.count()) == ("AWAITING_ACCEPTANCE", ["PLAN_PROPOSED"], 0)


def test_a_second_restructuring_is_known(case, me):
    first = accepted(case, me)
    facts = plan_accepting.loan_facts_of(first, on=DAY)
    assert [(one.is_observed, one.restarted_date) for _loan, one in facts] == [(False, None)]
    second = proposed(case, me, now=at(DAY + timedelta(days=1)))
    facts = plan_accepting.loan_facts_of(second, on=DAY + timedelta(days=1))
    assert [(one.is_observed, one.restarted_date) for _loan, one in facts] == [(True, DAY)]
    assert Loan.objects.count() == 1


def test_every_write_is_one_transaction(case, me):
    offer = offered(case)

    def stopped():
        with transaction.atomic():
            proposed(case, me, offer)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stopped()
    assert (Plan.objects.count(), actions(case.id)) == (0, [])

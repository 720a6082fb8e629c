"""A call from the door to the write-up: what each ending sets in motion, and what cannot be."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.integration.contact.rows import DAY, NOW, add_point, make_debtor
from tests.told import told

from qingshou.access.actors import actor_of
from qingshou.audit.queries import list_events
from qingshou.features.book.models import Loan
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.channels.base import AnswerLost, Rejected
from qingshou.features.contact.errors import BadContactInput, ContactRefused, NoSuchContact, NotNow
from qingshou.features.contact.models import Attempt, Call, PointState, PromiseTaken, Refusal, StopPlaced
from qingshou.features.contact.operations import calls
from qingshou.features.contact.operations.calls import PromiseGiven
from qingshou.law.contact.terms import Party, Purpose
from qingshou.privacy.models import PersonalDataRead
from qingshou.privacy.sealing import seal, unseal

NIGHT = NOW.replace(hour=15)  # 23:00 in Shanghai
BEFORE = DAY - timedelta(days=1)
SAID = {"NATIONAL_ID_LAST4": "002X"}


@pytest.fixture
def collector(users):
    return users["COLLECTOR"]


@pytest.fixture
def me(collector):
    return actor_of(collector)


@pytest.fixture
def case(collector):
    return make_debtor("c1", national_id="11010519491231002X", owner=collector)


def point_of(case):
    return case.borrower.contact_points.get(channel="PHONE", position=1)


def begun(case, me, *, now=NOW, **more):
    return calls.begin_call(case_id=case.id, contact_point_id=point_of(case).id, actor=me, now=now, **more).call


def checked(case, me, **more):
    call = begun(case, me, **more)
    answer = calls.pass_identity(call_id=call.id, heard=["NAME"], said=SAID, actor=me, now=NOW)
    assert answer.is_passed
    return Call.objects.get(id=call.id)


def saved(call, me, outcome, **more):
    given = {"next_action": "CONTACT_DEBTOR", "next_action_on": DAY + timedelta(days=3)} | more
    return calls.save_call(call_id=call.id, outcome=outcome, actor=me, now=NOW + timedelta(minutes=4), **given)


def events(case):
    return [one.action for one in list_events(subject_kind="CASE", subject_id=case.id, limit=200)]


def test_a_call_takes_its_place_before_anybody_dials(case, me):
    call = begun(case, me, tone="FRIENDLY")
    attempt = Attempt.objects.get(id=call.attempt_id)
    assert (attempt.channel, attempt.outcome, attempt.placed_by) == ("PHONE", "PENDING", "collector")
    assert (call.adapter, call.tone, call.path, call.saved_at) == ("CLICK", "FRIENDLY", ["GREETING"], None)
    assert call.script_version.startswith("1-")
    assert events(case)[:2] == ["CALL_BEGUN", "CONTACT_RESERVED"]


def test_a_refused_call_is_kept_as_a_refusal_and_no_call(case, me):
    with pytest.raises(ContactRefused) as refused:
        begun(case, me, now=NIGHT)
    assert {one["code"] for one in refused.value.fields["reasons"]} == {"OUTSIDE_HOURS"}
    assert Call.objects.count() == Attempt.objects.count() == 0
    assert Refusal.objects.get().codes == ["OUTSIDE_HOURS"]


def test_one_call_at_a_time_for_one_person(case, me, users, collector):
    first = begun(case, me)
    other = make_debtor("c2", owner=collector)
    with pytest.raises(NotNow, match="not written up") as refused:
        begun(other, me)
    assert refused.value.fields["case"] == case.id
    # a colleague is not held up by it
    lead = actor_of(users["TEAM_LEAD"])
    assert begun(other, lead).id != first.id
    saved(first, me, "NO_ANSWER")
    with pytest.raises(NotNow):
        calls.abandon_call(call_id=first.id, actor=me, now=NOW)


def test_a_number_of_somebody_else_is_not_dialled(case, me):
    other = make_debtor("c3")
    with pytest.raises(NoSuchContact):
        calls.begin_call(case_id=case.id, contact_point_id=point_of(other).id, actor=me, now=NOW)
    with pytest.raises(BadContactInput, match="tone"):
        calls.begin_call(case_id=case.id, contact_point_id=point_of(case).id, actor=me, now=NOW, tone="RUDE")


def test_a_call_never_made_gives_its_place_back(case, me):
    call = begun(case, me)
    calls.abandon_call(call_id=call.id, actor=me, now=NOW)
    assert Attempt.objects.get().outcome == "RELEASED"
    assert Call.objects.get().saved_at == NOW
    assert events(case)[0] == "CALL_ABANDONED"
    begun(case, me)  # and the next may begin


def test_a_call_that_was_made_cannot_be_taken_back(case, me):
    call = checked(case, me)
    with pytest.raises(NotNow, match="write it up"):
        calls.abandon_call(call_id=call.id, actor=me, now=NOW)
    assert Attempt.objects.get().outcome == "PENDING"


# --- identity


def test_identity_passes_by_codes_and_keeps_no_value(case, me):
    call = checked(case, me)
    assert call.identity_checked_at == NOW
    assert call.identity_checked_by == ["NAME", "NATIONAL_ID_LAST4"]
    assert call.path == ["GREETING", "IDENTITY", "PURPOSE"]
    read = PersonalDataRead.objects.get(purpose="IDENTITY_CHECK")
    assert (read.role, read.clear_fields, read.reader_name) == ("CHECKER", ["NATIONAL_ID_LAST4"], "collector")
    (event,) = [one for one in list_events(subject_kind="CASE", subject_id=case.id) if one.action.startswith("CALL_ID")]
    assert event.facts["matched"] == ["NAME", "NATIONAL_ID_LAST4"]
    assert "002X" not in str(event.facts)


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ([], SAID),  # the name must be heard
        (["NAME"], {}),  # and something compared
        (["NAME"], {"NATIONAL_ID_LAST4": "0021"}),
        (["NAME", "NATIONAL_ID_LAST4"], {}),  # a compared fact cannot be ticked
        (["NAME"], {"SHOE_SIZE": "42"}),
    ],
)
def test_identity_does_not_pass_by_less(case, me, heard, said):
    call = begun(case, me)
    answer = calls.pass_identity(call_id=call.id, heard=heard, said=said, actor=me, now=NOW)
    assert (answer.is_passed, answer.tries_left) == (False, 4)
    assert Call.objects.get().identity_checked_at is None
    (event,) = list_events(subject_kind="CALL", subject_id=call.id)
    assert event.action == "CALL_IDENTITY_FAILED"
    assert "0021" not in told(str(event.facts))


def test_guessing_ends_after_five_tries(case, me):
    call = begun(case, me)
    for _ in range(5):
        calls.pass_identity(call_id=call.id, heard=["NAME"], said={"NATIONAL_ID_LAST4": "1111"}, actor=me, now=NOW)
    with pytest.raises(NotNow, match="cannot be checked"):
        calls.pass_identity(call_id=call.id, heard=["NAME"], said=SAID, actor=me, now=NOW)


def test_what_is_not_on_file_is_not_asked(case, me, collector):
    bare = make_debtor("c4", owner=collector)
    call = begun(bare, me)
    facts = calls.identity_check(call=call).facts
    assert list(facts) == ["NAME", "ADDRESS_CITY", "LOAN_LAST4"]
    answer = calls.pass_identity(call_id=call.id, heard=["NAME"], said={"ADDRESS_CITY": "北京"}, actor=me, now=NOW)
    assert answer.matched == ("NAME", "ADDRESS_CITY")
    assert answer.is_passed


def test_a_lender_chooses_the_facts(case, me, tenant):
    tenant.settings = {"contact": {"identity": {"facts": ["NAME", "LOAN_LAST4"], "must": ["LOAN_LAST4"], "needs": 1}}}
    tenant.save()
    call = begun(case, me)
    assert list(calls.identity_check(call=call).facts) == ["NAME", "LOAN_LAST4"]
    reference = Loan.objects.get(borrower=case.borrower_id).loan_ref  # "Lc1": too short to have four characters
    assert not calls.pass_identity(
        call_id=call.id, heard=[], said={"LOAN_LAST4": reference}, actor=me, now=NOW
    ).is_passed
    Loan.objects.filter(borrower=case.borrower_id).update(loan_ref="CN-2024-6688")
    assert calls.pass_identity(call_id=call.id, heard=[], said={"LOAN_LAST4": "6688"}, actor=me, now=NOW).is_passed


def test_identity_is_checked_once(case, me):
    call = checked(case, me)
    with pytest.raises(NotNow, match="already"):
        calls.pass_identity(call_id=call.id, heard=["NAME"], said=SAID, actor=me, now=NOW)


# --- the script


def test_the_script_leads_by_branches_and_no_further_than_identity_allows(case, me):
    call = begun(case, me)
    assert calls.take_step(call_id=call.id, branch="SPEAKING", actor=me, now=NOW).path == ["GREETING", "IDENTITY"]
    with pytest.raises(NotNow, match="First the identity check"):
        calls.take_step(call_id=call.id, branch="PASSED", actor=me, now=NOW)
    with pytest.raises(BadContactInput, match="does not lead on"):
        calls.take_step(call_id=call.id, branch="ACCEPTS", actor=me, now=NOW)
    calls.pass_identity(call_id=call.id, heard=["NAME"], said=SAID, actor=me, now=NOW)
    for branch, to in (
        ("LISTENS", "REASON"),
        ("HOSTILE", "HOSTILE"),
        ("CALMS_DOWN", "REASON"),
        ("REASON_GIVEN", "OPTIONS"),
        ("ACCEPTS", "COMMITMENT"),
        ("AGREED", "CLOSE_PROMISE"),
    ):
        assert calls.take_step(call_id=call.id, branch=branch, actor=me, now=NOW).path[-1] == to
    assert calls.take_step(call_id=call.id, branch="UNDO", actor=me, now=NOW).path[-1] == "COMMITMENT"


def test_a_hostile_stranger_does_not_lead_past_identity(case, me):
    call = begun(case, me)
    calls.take_step(call_id=call.id, branch="HOSTILE", actor=me, now=NOW)
    assert calls.take_step(call_id=call.id, branch="CALMS_DOWN", actor=me, now=NOW).path[-1] == "GREETING"


def test_only_whose_call_it_is_leads_it(case, me, users):
    call = begun(case, me)
    lead = actor_of(users["TEAM_LEAD"])
    for act in (
        lambda: calls.take_step(call_id=call.id, branch="SPEAKING", actor=lead, now=NOW),
        lambda: calls.pass_identity(call_id=call.id, heard=["NAME"], said=SAID, actor=lead, now=NOW),
        lambda: calls.abandon_call(call_id=call.id, actor=lead, now=NOW),
        lambda: saved(call, lead, "NO_ANSWER"),
        lambda: saved(Call(id=uuid.uuid4()), me, "NO_ANSWER"),
    ):
        with pytest.raises(NoSuchContact):
            act()


# --- writing it up


def test_a_conversation_with_a_promise(case, me):
    call = checked(case, me)
    promise = PromiseGiven(Decimal("600.50"), DAY + timedelta(days=5), "TRANSFER")
    done = saved(
        call, me, "PROMISE", reason="FORGOT", note="要等工资", options=["PAY_NOW", "PART_NOW"], promise=promise
    )
    assert (done.next_action, done.next_action_on) == ("CHECK_PROMISE", DAY + timedelta(days=5))
    after = get_case(case_id=case.id)
    assert (after.next_action, after.next_action_on) == ("CHECK_PROMISE", DAY + timedelta(days=5))
    taken = PromiseTaken.objects.get()
    assert (taken.amount, taken.currency, taken.pay_by, taken.case_id) == (
        Decimal("600.50"),
        "CNY",
        "TRANSFER",
        case.id,
    )
    assert Attempt.objects.get().outcome == "CONVERSATION"
    assert set(after.evidence.values_list("item", flat=True)) == {
        "IDENTITY_CHECKED", "REASON_RECORDED", "OPTIONS_OFFERED", "DEADLINE_AGREED",
    }  # fmt: skip
    held = Call.objects.get()
    assert (held.reason, held.options_offered) == ("FORGOT", ["PART_NOW", "PAY_NOW"])
    assert unseal(held.note, place="contact_call.note", row_id=held.id) == "要等工资"
    assert PointState.objects.get(borrower=case.borrower_id).checked_at is not None
    done_events = events(case)
    assert done_events[0] == "CALL_SAVED"
    assert {"PROMISE_TAKEN", "CONTACT_SETTLED", "CASE_ACTION_SET", "CASE_EVIDENCE_GIVEN"} <= set(done_events)
    facts = [one.facts for one in list_events(subject_kind="CASE", subject_id=case.id, limit=200)]
    assert "工资" not in str(facts)


def test_on_the_day_of_the_promise_the_case_comes_up_for_it(case, me):
    call = checked(case, me)
    saved(call, me, "PROMISE", reason="FORGOT", promise=PromiseGiven(Decimal(100), DAY, "APP"))
    assert get_case(case_id=case.id).queue_reason == "PROMISE_DUE"


@pytest.mark.parametrize(
    ("outcome", "given", "problems"),
    [
        ("CONVERSATION", {}, {"reason": "REASON_MISSING"}),
        ("CONVERSATION", {"reason": "WEATHER"}, {"reason": "REASON_UNKNOWN"}),
        ("CONVERSATION", {"reason": "FORGOT", "next_action": ""}, {"next_action": "NEXT_ACTION_MISSING"}),
        ("CONVERSATION", {"reason": "FORGOT", "next_action_on": None}, {"next_action_on": "DATE_MISSING"}),
        ("CONVERSATION", {"reason": "FORGOT", "next_action_on": BEFORE}, {"next_action_on": "DATE_PAST"}),
        ("CONVERSATION", {"reason": "FORGOT", "options": ["FORGIVE_ALL"]}, {"options": "OPTION_NOT_OPEN"}),
        ("CONVERSATION", {"reason": "FORGOT", "note": "x" * 2001}, {"note": "NOTE_TOO_LONG"}),
        ("PROMISE", {"reason": "FORGOT"}, {"promise": "PROMISE_MISSING"}),
        ("NO_ANSWER", {}, {"outcome": "IDENTITY_WAS_CHECKED"}),
        ("", {}, {"outcome": "OUTCOME_MISSING"}),
        ("HAPPY", {}, {"outcome": "OUTCOME_MISSING"}),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_and_nothing_changes(case, me, outcome, given, problems):
    call = checked(case, me)
    with pytest.raises(BadContactInput) as refused:
        saved(call, me, outcome, **given)
    assert refused.value.fields["problems"] == problems
    assert Call.objects.get().saved_at is None
    assert Attempt.objects.get().outcome == "PENDING"
    assert "CALL_SAVED" not in events(case)


@pytest.mark.parametrize(
    ("promise", "problem"),
    [
        (("0", 1, "CARD"), {"promise_amount": "AMOUNT_NOT_ABOVE_ZERO"}),
        (("NaN", 1, "CARD"), {"promise_amount": "AMOUNT_NOT_ABOVE_ZERO"}),
        (("Infinity", 1, "CARD"), {"promise_amount": "AMOUNT_NOT_ABOVE_ZERO"}),
        (("1.005", 1, "CARD"), {"promise_amount": "AMOUNT_TOO_FINE"}),
        (("24010.01", 1, "CARD"), {"promise_amount": "AMOUNT_ABOVE_BALANCE"}),
        (("1", -1, "CARD"), {"promise_due_on": "DATE_PAST", "next_action_on": "DATE_PAST"}),
        (("1", 15, "CARD"), {"promise_due_on": "DATE_TOO_LATE"}),
        (("1", 1, "BARTER"), {"promise_pay_by": "PAY_BY_MISSING"}),
    ],
)
def test_a_promise_that_cannot_be_is_refused(case, me, promise, problem):
    call = checked(case, me)
    amount, days, pay_by = promise
    with pytest.raises(BadContactInput) as refused:
        saved(call, me, "PROMISE", reason="FORGOT",
              promise=PromiseGiven(Decimal(amount), DAY + timedelta(days=days), pay_by))  # fmt: skip
    assert refused.value.fields["problems"] == problem
    assert PromiseTaken.objects.count() == 0


def test_the_greatest_and_latest_promise_that_may_be(case, me):
    call = checked(case, me)
    saved(call, me, "PROMISE", reason="FORGOT",
          promise=PromiseGiven(Decimal("24010.00"), DAY + timedelta(days=14), "CARD"))  # fmt: skip
    assert PromiseTaken.objects.get().due_on == date(2026, 12, 7)


@pytest.mark.parametrize(
    ("outcome", "reason", "stop"),
    [
        ("CEASE", "OTHER", "CEASE"),
        ("DISPUTE", "", "DISPUTE"),
        ("ATTORNEY", "OTHER", "REPRESENTED"),
        ("COMPLAINT", "OTHER", "COMPLAINT"),
        ("HARDSHIP", "LOST_INCOME", "HARDSHIP"),
        ("HARDSHIP", "ILLNESS", "VULNERABLE"),
    ],
)
def test_what_the_debtor_says_stops_contact_at_once(case, me, outcome, reason, stop):
    call = checked(case, me)
    saved(call, me, outcome, reason=reason, next_action="LOOK_INTO")
    placed = StopPlaced.objects.get()
    assert (placed.kind, placed.source, placed.placed_by) == (stop, "CALL", "collector")
    with pytest.raises(ContactRefused) as refused:
        begun(case, me, now=NOW + timedelta(minutes=10))
    assert "STOPPED" in {one["code"] for one in refused.value.fields["reasons"]}


def test_a_stop_is_honoured_though_nobody_identified_themselves(case, me):
    call = begun(case, me)
    saved(call, me, "CEASE", next_action="LOOK_INTO")
    assert StopPlaced.objects.get().kind == "CEASE"
    assert get_case(case_id=case.id).evidence.count() == 0


def test_a_wrong_number_is_struck(case, me):
    call = begun(case, me)
    saved(call, me, "WRONG_PERSON", next_action="FIND_CONTACT")
    assert point_of(case).is_struck
    assert Attempt.objects.get().outcome == "WRONG_PERSON"
    with pytest.raises(ContactRefused) as refused:
        begun(case, me, now=NOW + timedelta(minutes=10))
    assert "NUMBER_STRUCK" in {one["code"] for one in refused.value.fields["reasons"]}


def test_a_call_back_is_the_next_action_on_its_day(case, me):
    call = begun(case, me)
    saved(call, me, "CALL_BACK", next_action="CALL_BACK", next_action_on=DAY)
    assert get_case(case_id=case.id).queue_reason == "CALL_BACK_DUE"


@pytest.mark.parametrize("outcome", ["PROMISE", "CONVERSATION", "REFUSES"])
def test_nothing_of_the_debt_is_written_up_without_identity(case, me, outcome):
    call = begun(case, me)
    promise = PromiseGiven(Decimal(1), DAY, "CARD") if outcome == "PROMISE" else None
    with pytest.raises(BadContactInput) as refused:
        saved(call, me, outcome, promise=promise)
    assert refused.value.fields["problems"]["outcome"] == "IDENTITY_NOT_CHECKED"


def test_a_call_is_written_up_once(case, me):
    call = begun(case, me)
    saved(call, me, "NO_ANSWER")
    with pytest.raises(NotNow, match="already"):
        saved(call, me, "BUSY")
    assert events(case).count("CALL_SAVED") == 1


def test_evidence_given_before_stays(case, me):
    from qingshou.features.cases.operations import give_evidence

    give_evidence(case_id=case.id, item="REASON_RECORDED", actor=me, now=NOW, note="told at the counter")
    saved(checked(case, me), me, "CONVERSATION", reason="FORGOT")
    notes = dict(get_case(case_id=case.id).evidence.values_list("item", "note"))
    assert notes == {"REASON_RECORDED": "told at the counter", "IDENTITY_CHECKED": "☎ 2026-11-23 10:30"}


# --- third persons and guarantors


def test_a_third_person_is_asked_only_where_to_find_the_debtor(case, me):
    from qingshou.features.contact.operations.points import learn_point, strike_point

    other = add_point(case.borrower_id, "PHONE", "13911112222", position=2)
    learn_point(borrower_id=case.borrower_id, contact_point_id=other.id, party=Party.THIRD, actor=me, now=NOW)
    strike_point(borrower_id=case.borrower_id, contact_point_id=point_of(case).id, reason="INVALID", actor=me, now=NOW)
    call = calls.begin_call(case_id=case.id, contact_point_id=other.id, purpose=Purpose.LOCATE, party=Party.THIRD,
                            actor=me, now=NOW).call  # fmt: skip
    assert call.path == ["THIRD_GREETING"]
    assert calls.identity_check(call=call).facts == {}
    with pytest.raises(NotNow, match="say nothing of the debt"):
        calls.pass_identity(call_id=call.id, heard=["NAME"], said=SAID, actor=me, now=NOW)
    saved(call, me, "THIRD_REFUSED")
    stop = StopPlaced.objects.get()
    assert (stop.kind, bytes(stop.point_index)) == ("THIRD_REFUSED", bytes(other.value_index))


def test_a_guarantor_is_checked_by_their_own_number(case, me):
    from qingshou.features.book.models import Guarantee
    from qingshou.features.contact.operations.points import learn_point

    point = add_point(case.borrower_id, "PHONE", "13922223333", position=2)
    learn_point(borrower_id=case.borrower_id, contact_point_id=point.id, party=Party.GUARANTOR, actor=me, now=NOW)
    row = Guarantee(loan=Loan.objects.get(borrower=case.borrower_id), guarantor_ref="G1", kind="JOINT")
    row.phone_index = point.value_index
    row.national_id = seal("11010519800101777X", place="book_guarantee.national_id", row_id=row.id)
    row.save()
    call = calls.begin_call(case_id=case.id, contact_point_id=point.id, party=Party.GUARANTOR, actor=me, now=NOW).call
    assert list(calls.identity_check(call=call).facts) == ["NAME", "NATIONAL_ID_LAST4", "LOAN_LAST4"]
    for last, expected in (("002X", False), ("777X", True)):
        said = {"NATIONAL_ID_LAST4": last}
        answer = calls.pass_identity(call_id=call.id, heard=["NAME"], said=said, actor=me, now=NOW)
        assert answer.is_passed is expected


# --- the exchange


class Exchange:
    """An exchange that answers as told: outside systems only are stood in for."""

    code = "ARI"

    def __init__(self, fails=None):
        self.fails, self.dialled = fails, []

    def originate(self, *, key, number, caller):
        self.dialled.append((number, caller))
        if self.fails:
            raise self.fails
        return f"channel-{key}"


def test_the_exchange_dials_once_the_place_is_taken(case, me):
    exchange = Exchange()
    answer = calls.begin_call(case_id=case.id, contact_point_id=point_of(case).id, actor=me, now=NOW, adapter=exchange)
    assert (answer.call.adapter, answer.call.provider_ref) == ("ARI", f"channel-{answer.call.id}")
    ((number, caller),) = exchange.dialled
    assert number.startswith("138")
    assert caller == "collector"
    assert PersonalDataRead.objects.get(purpose="CALL").role == "SENDER"


def test_an_exchange_that_refuses_gives_the_place_back(case, me):
    with pytest.raises(Rejected):
        calls.begin_call(case_id=case.id, contact_point_id=point_of(case).id, actor=me, now=NOW,
                         adapter=Exchange(Rejected("no such extension")))  # fmt: skip
    assert Attempt.objects.get().outcome == "RELEASED"
    begun(case, me)


def test_an_exchange_whose_answer_is_lost_may_be_ringing(case, me):
    answer = calls.begin_call(case_id=case.id, contact_point_id=point_of(case).id, actor=me, now=NOW,
                              adapter=Exchange(AnswerLost("no answer")))  # fmt: skip
    assert answer.is_uncertain
    assert Attempt.objects.get().outcome == "PENDING"


@pytest.mark.parametrize(
    "order", [("ANSWERED", "ENDED"), ("ENDED", "ANSWERED"), ("ANSWERED", "ENDED", "ENDED", "ANSWERED")]
)
@pytest.mark.parametrize("is_saved_before", [False, True])
def test_what_the_exchange_says_is_taken_once_in_any_order(case, me, order, is_saved_before):
    call = calls.begin_call(
        case_id=case.id, contact_point_id=point_of(case).id, actor=me, now=NOW, adapter=Exchange()
    ).call
    if is_saved_before:
        saved(call, me, "DROPPED")
    at = {"ANSWERED": NOW + timedelta(seconds=8), "ENDED": NOW + timedelta(seconds=98)}
    for number, kind in enumerate(order):
        # said again, a little later each time
        event = calls.ExchangeEvent(kind, at[kind] + timedelta(seconds=number // 2), provider_ref=call.provider_ref)
        calls.take_exchange_event(adapter="ARI", event=event, actor=me, now=NOW)
    held = Call.objects.get()
    assert (held.answered_at, held.ended_at, held.duration_s) == (at["ANSWERED"], at["ENDED"], 90)


def test_a_call_nobody_answered_has_no_duration(case, me):
    call = calls.begin_call(
        case_id=case.id, contact_point_id=point_of(case).id, actor=me, now=NOW, adapter=Exchange()
    ).call
    event = calls.ExchangeEvent("ENDED", NOW + timedelta(seconds=30), key=call.id)
    assert calls.take_exchange_event(adapter="ARI", event=event, actor=me, now=NOW).duration_s == 0


@pytest.mark.parametrize("said", [{"adapter": "OTHER"}, {"provider_ref": "channel-none"}, {"provider_ref": ""}])
def test_an_exchange_speaks_of_its_own_calls_only(case, me, said):
    call = calls.begin_call(
        case_id=case.id, contact_point_id=point_of(case).id, actor=me, now=NOW, adapter=Exchange()
    ).call
    event = calls.ExchangeEvent("ANSWERED", NOW, provider_ref=said.get("provider_ref", call.provider_ref))
    assert calls.take_exchange_event(adapter=said.get("adapter", "ARI"), event=event, actor=me, now=NOW) is None
    assert Call.objects.get().answered_at is None

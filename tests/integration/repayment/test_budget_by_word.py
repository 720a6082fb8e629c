"""A budget told on a recorded call: signed off for the stage's document, by whom and when the lender accepts it."""

from datetime import timedelta

import pytest
from tests.integration.contact.rows import NOW, make_debtor
from tests.integration.repayment.agreement_rows import DAY
from tests.integration.repayment.desk_rows import make_budget

from qingshou.access.actors import actor_of
from qingshou.audit.queries import list_events
from qingshou.edges import clock
from qingshou.features.book.models import ContactPoint
from qingshou.features.cases.models import Case
from qingshou.features.cases.operations.locked import process_of
from qingshou.features.contact.models import Call, Recording
from qingshou.features.contact.operations import calls
from qingshou.features.repayment.errors import ByWordRefused, NoSuchBudget
from qingshou.features.repayment.operations import budget_by_word
from qingshou.features.repayment.operations.budget_by_word import sign_off_by_word
from qingshou.kernel.errors import BadInput

HASH = "d" * 64


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda _zone: DAY)


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def lead(users):
    return actor_of(users["TEAM_LEAD"])


@pytest.fixture
def lender(tenant):
    tenant.settings = tenant.settings | {"repayment": {"by_word": {"accepted": True}}}
    tenant.save()
    return tenant


def asked(case):
    """Put a case where the stage asks for a document of income and spending."""
    stages = process_of(case).stages.items()
    Case.objects.filter(id=case.id).update(
        stage=next(code for code, one in stages if one.item("INCOME_AND_SPENDING_TAKEN"))
    )
    case.refresh_from_db()
    return case


@pytest.fixture
def case(users):
    return asked(make_debtor("w1", owner=users["COLLECTOR"], overdue_days=40))


@pytest.fixture
def call(case, me):
    return recorded(case, me)


def recorded(case, me, *, has_recording=True, is_checked=True):
    point = ContactPoint.objects.get(borrower=case.borrower_id, channel="PHONE")
    made = calls.begin_call(case_id=case.id, contact_point_id=point.id, actor=me, now=NOW).call
    Call.objects.filter(id=made.id).update(
        identity_checked_at=NOW if is_checked else None, saved_at=NOW, ended_at=NOW, duration_s=90
    )
    if has_recording:
        Recording.objects.create(call=made, document_hash=HASH, size_bytes=9, content_type="audio/ogg", stored_at=NOW)
    return made


def sign(case, budget, call, actor, role="TEAM_LEAD", **more):
    given = {"case_id": case.id, "budget_id": budget.id, "call_id": call.id, "actor": actor, "role": role, "now": NOW}
    return sign_off_by_word(**(given | more))


def codes(refused):
    return [one["code"] for one in refused.value.fields["reasons"]]


def test_the_recording_is_the_document(lender, case, call, me, lead):
    budget = make_budget(case, actor=me)
    assert not case.evidence.exists()
    evidence = sign(case, budget, call, lead)
    assert (evidence.item, evidence.document_hash, evidence.note) == ("INCOME_AND_SPENDING_TAKEN", HASH, "BY_WORD")
    events = list_events(subject_kind="CASE", subject_id=case.id, limit=5)
    assert [one.action for one in events][:2] == ["BUDGET_SIGNED_BY_WORD", "CASE_EVIDENCE_GIVEN"]
    assert events[0].facts["call"] == str(call.id)
    with pytest.raises(BadInput):
        sign(case, budget, call, lead)


def test_without_the_lenders_policy_the_word_stays_a_word(tenant, case, call, me, lead):
    with pytest.raises(ByWordRefused) as refused:
        sign(case, make_budget(case, actor=me), call, lead)
    assert codes(refused) == ["BY_WORD_NOT_ACCEPTED"]
    assert not case.evidence.exists()


def test_not_by_oneself_not_over_an_old_budget_not_over_anothers_call(lender, case, call, me, lead, users):
    old = make_budget(case, actor=me)
    new = make_budget(case, actor=me, now=NOW + timedelta(minutes=1))
    for budget, actor, role, named in (
        (new, me, "COLLECTOR", ["BY_WORD_ROLE", "BY_WORD_OWN"]), (old, lead, "TEAM_LEAD", ["BY_WORD_NOT_NEWEST"]),
    ):  # fmt: skip
        with pytest.raises(ByWordRefused) as refused:
            sign(case, budget, call, actor, role)
        assert codes(refused) == named
    other = asked(make_debtor("w2", owner=users["COLLECTOR"], phone="13811112222", national_id="11010519491231003X"))
    with pytest.raises(ByWordRefused) as refused:
        sign(other, make_budget(other, actor=me), call, lead)
    assert codes(refused) == ["BY_WORD_NO_CALL"]
    with pytest.raises(NoSuchBudget):
        sign(other, new, call, lead)
    with pytest.raises(ByWordRefused) as refused:
        sign(case, new, call, lead, now=NOW + timedelta(days=31))
    assert codes(refused) == ["BY_WORD_CALL_TOO_OLD"]
    assert not case.evidence.exists()


@pytest.mark.parametrize(("more", "code"), [
    ({"has_recording": False}, "BY_WORD_NOT_RECORDED"), ({"is_checked": False}, "BY_WORD_NOT_IDENTIFIED"),
])  # fmt: skip
def test_the_call_is_recorded_and_the_debtor_proved_who_they_are(lender, case, me, lead, more, code):
    with pytest.raises(ByWordRefused) as refused:
        sign(case, make_budget(case, actor=me), recorded(case, me, **more), lead)
    assert codes(refused) == [code]


def test_nothing_is_met_without_its_record(lender, case, call, me, lead, monkeypatch):
    budget = make_budget(case, actor=me)
    monkeypatch.setattr(budget_by_word, "record", lambda **_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sign(case, budget, call, lead)
    assert not case.evidence.exists()


def read(client, path):
    return client.get(path, headers={"Accept-Language": "en"}).content.decode()


def test_the_page_offers_it_where_accepted_and_says_what_was_done(lender, case, call, me, client_for):
    budget = make_budget(case, actor=me)
    at = f"/cases/{case.id}/budget/"
    assert "A colleague whose role may, signs it off." in read(client_for("COLLECTOR"), at)
    lead = client_for("TEAM_LEAD")
    assert "Sign off as told by word" in read(lead, at)
    answer = lead.post(f"{at}{budget.id}/by-word", {"call": ""})
    assert (answer.status_code, case.evidence.exists()) == (302, False)
    lead.post(f"{at}{budget.id}/by-word", {"call": str(call.id)})
    assert case.evidence.get().note == "BY_WORD"
    page = read(lead, at)
    assert "Told by word, recorded call of" in page
    assert "Sign off as told by word" not in page
    assert "Told by word; the document is the recorded call" in read(lead, f"/cases/{case.id}/")


def test_the_page_is_silent_where_it_is_not_accepted(case, call, me, client_for):
    make_budget(case, actor=me)
    assert "by-word" not in read(client_for("TEAM_LEAD"), f"/cases/{case.id}/budget/")


def test_another_system_signs_off(lender, case, call, me, client_for):
    budget = make_budget(case, actor=me)
    client = client_for("TEAM_LEAD")
    token = client.get("/api/v1/tenants/me").cookies.get("csrftoken")
    headers = {"X-CSRFToken": token.value} if token else {}
    at = f"/api/v1/repayment/budgets/{budget.id}/by-word"
    answer = client.post(at, {"call_id": str(budget.id)}, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "BY_WORD_REFUSED")
    answer = client.post(at, {"call_id": str(call.id)}, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["id"]) == (200, str(budget.id))
    assert case.evidence.get().document_hash == HASH

"""Templates: drafted, changed, asked for, approved by another, retired; each act with its record, or not at all."""

from datetime import timedelta

import pytest
from tests.integration.contact.rows import NOW

from qingshou.access.actors import actor_of
from qingshou.approvals import operations as approvals
from qingshou.approvals.queries import get_request
from qingshou.audit.queries import list_events, search_events
from qingshou.features.contact.errors import BadContactInput, NoSuchTemplate, NotNow, WordingRefused
from qingshou.features.contact.models import Template, TemplateVersion
from qingshou.features.contact.operations import template_set, templates
from qingshou.features.contact.queries import templates as queries
from qingshou.features.contact.templating import BadTemplate
from qingshou.features.contact.templating.starting_set import starting_set
from qingshou.tenancy.queries import current_tenant

GOOD = "【{lender_name}】{debtor_name}您好，请致电{contact_phone}。退订回{opt_out_words}"
BAD = "【{lender_name}】再不还款就让您坐牢。电话{contact_phone}，退订回{opt_out_words}"


@pytest.fixture
def lead(users):
    return users["TEAM_LEAD"]


@pytest.fixture
def officer(users):
    return users["COMPLIANCE_OFFICER"]


def write(user, body=GOOD, **place):
    given = {"code": "REMINDER", "channel": "SMS", "language": "zh-hans", "tone": "FRIENDLY"} | place
    return templates.draft(**given, body=body, actor=actor_of(user), now=NOW)


def ask(user, *versions):
    ids = [version.id for version in versions]
    return templates.ask_approval(version_ids=ids, actor=actor_of(user), now=NOW, reason="for the new ladder")


def acts(version):
    events = list_events(subject_kind="TEMPLATE_VERSION", subject_id=version.id)
    return [event.action for event in reversed(events)]


def status(version):
    return TemplateVersion.objects.get(id=version.id).status


def test_drafted_changed_asked_for_and_approved(lead, officer):
    version = write(lead)
    templates.change_draft(version_id=version.id, body=GOOD + "谢谢", actor=actor_of(lead), now=NOW)
    request_id = ask(lead, version)
    assert status(version) == "PENDING"
    approvals.approve(request_id=request_id, decider=officer, now=NOW)
    found = queries.get_version(version_id=version.id)
    assert (found.status, found.approved_by, found.approved_at) == ("APPROVED", officer.username, NOW)
    assert found.body == GOOD + "谢谢"
    assert acts(version) == [
        "TEMPLATE_DRAFTED", "TEMPLATE_CHANGED", "APPROVAL_REQUESTED", "TEMPLATE_ASKED", "TEMPLATE_APPROVED",
        "APPROVAL_APPROVED",
    ]  # fmt: skip


def test_an_approval_retires_the_version_before(lead, officer):
    first, second = write(lead), write(lead, GOOD + "祝好")
    approvals.approve(request_id=ask(lead, first), decider=officer, now=NOW)
    approvals.approve(request_id=ask(lead, second), decider=officer, now=NOW)
    assert (status(first), status(second)) == ("RETIRED", "APPROVED")
    assert acts(first)[-1] == "TEMPLATE_RETIRED"
    assert (second.version, Template.objects.count()) == (2, 1)


@pytest.mark.parametrize("asks", ["TEAM_LEAD", "LEGAL_OFFICER"])
def test_who_wrote_cannot_approve_whoever_asked(users, lead, asks):
    version = write(lead)
    request_id = ask(users[asks], version)
    with pytest.raises((WordingRefused, approvals.ApprovalRefused)):
        approvals.approve(request_id=request_id, decider=lead, now=NOW)
    assert status(version) == "PENDING"
    assert get_request(request_id=request_id).status == "PENDING"


def test_who_only_changed_a_draft_cannot_approve_either(users, lead, officer):
    version = write(officer)
    templates.change_draft(version_id=version.id, body=GOOD + "谢谢", actor=actor_of(lead), now=NOW)
    request_id = ask(users["LEGAL_OFFICER"], version)
    with pytest.raises(WordingRefused):
        approvals.approve(request_id=request_id, decider=officer, now=NOW)
    assert status(version) == "PENDING"


@pytest.mark.parametrize("role", ["RISK_OFFICER", "ADMINISTRATOR", "COLLECTOR", "ASSET_MANAGER"])
def test_who_may_not_write_templates_may_not_approve_them(users, lead, role):
    version = write(lead)
    with pytest.raises(approvals.ApprovalRefused):
        approvals.approve(request_id=ask(lead, version), decider=users[role], now=NOW)
    assert status(version) == "PENDING"


def test_a_wording_with_errors_is_not_handed_in(lead):
    version = write(lead, BAD)
    with pytest.raises(WordingRefused) as refusal:
        ask(lead, version)
    assert [place["code"] for place in refusal.value.fields["places"]] == ["ARREST"]
    assert status(version) == "DRAFT"
    assert acts(version) == ["TEMPLATE_DRAFTED"]


def test_a_wording_refused_meanwhile_is_not_approved(lead, officer):
    version = write(lead)
    request_id = ask(lead, version)
    template_set.set_contact_words(language="zh-hans", extra=["致电"], allowed=[], actor=actor_of(lead), now=NOW)
    with pytest.raises(WordingRefused):
        approvals.approve(request_id=request_id, decider=officer, now=NOW)
    assert (status(version), get_request(request_id=request_id).status) == ("PENDING", "PENDING")


def test_own_words_allow_what_the_lists_refuse_as_a_warning(lead, officer):
    version = write(lead, GOOD + "如您有律师，请告诉我们。")
    with pytest.raises(WordingRefused):
        ask(lead, version)
    template_set.set_contact_words(language="zh-hans", extra=[], allowed=["律师"], actor=actor_of(lead), now=NOW)
    found = queries.judged(queries.get_version(version_id=version.id), tenant=current_tenant())
    assert [(one.code, one.level) for one in found] == [("LEGAL", "WARNING")]
    approvals.approve(request_id=ask(lead, version), decider=officer, now=NOW)
    assert status(version) == "APPROVED"


@pytest.mark.parametrize(("declines", "left", "act"), [
    ("reject", "REJECTED", "TEMPLATE_REJECTED"), ("withdraw", "DRAFT", "TEMPLATE_RETURNED"),
    ("lapse", "DRAFT", "TEMPLATE_RETURNED"),
])  # fmt: skip
def test_a_request_that_comes_to_nothing_lets_go(lead, officer, declines, left, act):
    version = write(lead)
    request_id = ask(lead, version)
    if declines == "reject":
        approvals.reject(request_id=request_id, decider=officer, now=NOW, note="too stiff")
    elif declines == "withdraw":
        approvals.withdraw(request_id=request_id, actor=actor_of(lead), now=NOW)
    else:
        assert approvals.expire_due(now=NOW + timedelta(days=8)) == 1
    assert status(version) == left
    assert act in acts(version)


def test_only_drafts_change_and_only_what_rests_is_retired(lead, officer):
    version = write(lead)
    request_id = ask(lead, version)
    for act in (
        lambda: templates.change_draft(version_id=version.id, body=GOOD, actor=actor_of(lead), now=NOW),
        lambda: templates.retire(version_id=version.id, actor=actor_of(lead), now=NOW, reason="old"),
        lambda: ask(lead, version),
    ):
        with pytest.raises(NotNow):
            act()
    approvals.approve(request_id=request_id, decider=officer, now=NOW)
    with pytest.raises(BadContactInput):
        templates.retire(version_id=version.id, actor=actor_of(lead), now=NOW, reason=" ")
    templates.retire(version_id=version.id, actor=actor_of(lead), now=NOW, reason="old")
    assert (status(version), acts(version)[-1]) == ("RETIRED", "TEMPLATE_RETIRED")
    assert queries.approved_version(code="REMINDER", channel="SMS", language="zh-hans", tone="FRIENDLY") is None


@pytest.mark.parametrize(("given", "stops"), [
    ({"code": "lower"}, BadContactInput), ({"code": "A"}, BadContactInput), ({"channel": "FAX"}, BadContactInput),
    ({"language": "fr"}, BadContactInput), ({"tone": "RUDE"}, BadContactInput), ({"body": "  "}, BadContactInput),
    ({"body": "字" * 501}, BadContactInput), ({"body": "{nobody}"}, BadTemplate),
    ({"body": "{debtor_name"}, BadTemplate), ({"body": "{debtor_name.__class__}"}, BadTemplate),
    ({"subject": "字" * 201, "channel": "EMAIL"}, BadContactInput),
])  # fmt: skip
def test_what_cannot_be_drafted(lead, given, stops):
    place = {"code": "REMINDER", "channel": "SMS", "language": "zh-hans", "tone": "FRIENDLY", "body": GOOD}
    with pytest.raises(stops):
        templates.draft(**place | given, actor=actor_of(lead), now=NOW)
    assert TemplateVersion.objects.count() == 0
    assert search_events(action="TEMPLATE_DRAFTED") == []


def test_a_set_is_decided_at_once(lead, officer):
    one, two = write(lead), write(lead, tone="NEUTRAL")
    request_id = ask(lead, one, two)
    asked = get_request(request_id=request_id)
    assert asked.kind == "TEMPLATE_SET"
    assert set(queries.versions_asked(subject_id=asked.subject_id)) == {one.id, two.id}
    assert queries.pending_request_of(queries.get_version(version_id=two.id)).id == request_id
    approvals.approve(request_id=request_id, decider=officer, now=NOW)
    assert (status(one), status(two)) == ("APPROVED", "APPROVED")
    assert acts(two) == ["TEMPLATE_DRAFTED", "TEMPLATE_ASKED", "TEMPLATE_APPROVED"]


def test_a_set_holds_one_version_a_template(lead):
    with pytest.raises(BadContactInput):
        ask(lead, write(lead), write(lead))
    with pytest.raises(BadContactInput):
        templates.ask_approval(version_ids=[], actor=actor_of(lead), now=NOW, reason="none")


def test_the_starting_set_waits_for_a_second_person(lead, officer):
    put_in = template_set.install_starting_set(actor=actor_of(lead), now=NOW)
    assert len(put_in.version_ids) == len(starting_set()) == 309
    assert set(TemplateVersion.objects.values_list("status", flat=True)) == {"DRAFT"}
    request_id = templates.ask_approval(
        version_ids=put_in.version_ids, actor=actor_of(lead), now=NOW, reason="starting set"
    )
    with pytest.raises(approvals.ApprovalRefused):
        approvals.approve(request_id=request_id, decider=lead, now=NOW)
    approvals.approve(request_id=request_id, decider=officer, now=NOW)
    assert TemplateVersion.objects.filter(status="APPROVED").count() == 309
    assert template_set.install_starting_set(actor=actor_of(lead), now=NOW).version_ids == ()


def test_the_starting_set_with_consent_given_outside(lead, officer):
    with pytest.raises(WordingRefused):
        template_set.install_starting_set(actor=actor_of(lead), now=NOW, approved_by=actor_of(lead))
    put_in = template_set.install_starting_set(actor=actor_of(lead), now=NOW, approved_by=actor_of(officer))
    version = queries.get_version(version_id=put_in.version_ids[0])
    assert (version.status, version.approved_by) == ("APPROVED", officer.username)
    assert acts(version) == ["TEMPLATE_DRAFTED", "TEMPLATE_APPROVED"]


@pytest.mark.parametrize(("asked", "found"), [
    (("REMINDER", "SMS", "zh-hans", "FRIENDLY"), ("SMS", "zh-hans", "FRIENDLY")),
    (("REMINDER", "SMS", "zh-TW", "FRIENDLY"), ("SMS", "zh-hant", "FRIENDLY")),
    (("REMINDER", "SMS", "en-GB", "FORMAL"), ("SMS", "en", "NEUTRAL")),
    (("REMINDER", "WECOM", "en", "FRIENDLY"), ("SOCIAL", "en", "FRIENDLY")),
    (("REMINDER", "SMS", "fr", "NEUTRAL"), ("SMS", "zh-hans", "NEUTRAL")),
    (("FINAL_NOTICE", "SMS", "en", "FRIENDLY"), ("SMS", "en", "FIRM")),
    (("PROMISE_CONFIRMED", "POST", "en", "NEUTRAL"), None),
    (("REMINDER", "PHONE", "en", "NEUTRAL"), None),
    (("NO_SUCH", "SMS", "en", "NEUTRAL"), None),
])  # fmt: skip
def test_the_wording_used(lead, officer, asked, found):
    template_set.install_starting_set(actor=actor_of(lead), now=NOW, approved_by=actor_of(officer))
    code, channel, language, tone = asked
    version = queries.approved_version(code=code, channel=channel, language=language, tone=tone)
    of = version.template if version else None
    assert ((of.channel, of.language, of.tone) if of else None) == found


def test_the_lenders_language_stands_in(lead, officer, tenant):
    version = write(lead, "{lender_name}: Hello {debtor_name}, call {contact_phone}. Reply {opt_out_words} to opt out",
                    language="en")  # fmt: skip
    approvals.approve(request_id=ask(lead, version), decider=officer, now=NOW)
    asked = {"code": "REMINDER", "channel": "SMS", "language": "zh-hant", "tone": "FRIENDLY"}
    assert queries.approved_version(**asked) is None
    tenant.settings = {"contact": {"language": "en"}}
    tenant.save()
    assert queries.approved_version(**asked).id == version.id


def test_history_list_and_what_is_not_there(lead, other_tenant):
    first, second = write(lead), write(lead, GOOD + "祝好")
    assert [one.version for one in queries.list_history(template_id=first.template_id)] == [2, 1]
    rows, total = queries.list_versions(filters=queries.TemplateFilter(language="zh-hans", tone="FRIENDLY"))
    assert ([row.id for row in rows], total) == ([second.id, first.id], 2)
    assert queries.list_versions(filters=queries.TemplateFilter(status="RETIRED")) == ([], 0)
    from qingshou.tenancy.context import using

    with using(other_tenant.id), pytest.raises(NoSuchTemplate):
        queries.get_version(version_id=first.id)


def test_what_a_lender_says_of_itself(lead, tenant):
    template_set.set_contact_details(
        details={"contact_phone": " 400-1\n", "lender_name": "小银行"}, actor=actor_of(lead), now=NOW
    )
    tenant.refresh_from_db()
    assert tenant.settings["contact"]["details"] == {"contact_phone": "400-1", "lender_name": "小银行"}
    for wrong in ({"pay_link": "javascript:alert(1)"}, {"nothing": "x"}, {"lender_name": "字" * 61}):
        with pytest.raises(BadContactInput):
            template_set.set_contact_details(details=wrong, actor=actor_of(lead), now=NOW)
    for wrong in ({"language": "fr", "extra": []}, {"language": "en", "extra": ["x" * 61]},
                  {"language": "en", "extra": [f"w{number}" for number in range(301)]}):  # fmt: skip
        with pytest.raises(BadContactInput):
            template_set.set_contact_words(**wrong, allowed=[], actor=actor_of(lead), now=NOW)
    assert [event.action for event in search_events(subject_kind="TENANT")] == ["CONTACT_DETAILS_CHANGED"]

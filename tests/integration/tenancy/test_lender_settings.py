"""A lender's settings: judged where they are written, by who reads them; a wrong one that stands is told in words."""

import json

import pytest
from tests.conftest import NOW
from tests.integration.contact.rows import make_debtor
from tests.told import told
from typer.testing import CliRunner

from qingshou.access import tenants
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.kernel.lender_settings import SettingsUnfit, part_of
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.operations import UnfitTenant
from qingshou.tenancy.settings_checks import faults_of, known_settings

# what cannot be used, and the name the message gives
WRONG = [
    ({"repayment": []}, "repayment"),
    ({"repayment": {"plan": {}}}, "repayment.plan"),
    ({"repayment": {"plans": {"default": {"grace_days": "3"}}}}, "repayment.plans"),
    ({"repayment": {"promises": [3]}}, "repayment.promises"),
    ({"repayment": {"by_word": {"accepted": "yes"}}}, "repayment.by_word"),
    ({"repayment": {"hardship": {"kinds": {"ILLNESS": {"days": 0}}}}}, "repayment.hardship"),
    ({"repayment": {"waiver_alone_max": "many"}}, "repayment.waiver_alone_max"),
    ({"repayment": {"waiver_alone_max": "-1"}}, "repayment.waiver_alone_max"),
    ({"repayment": {"re_age": "yes"}}, "repayment.re_age"),
    ({"allocation": {"policy": "MINE"}}, "allocation"),
    ({"allocation": "LEGAL"}, "allocation"),
    ({"matching_policy": {"points": {"NOTHING": 1}}}, "matching_policy"),
    ({"offer_policy": {"roles": []}}, "offer_policy"),
    ({"affordability_sources": {"version": 1}}, "affordability_sources"),
    ({"living_floors": {"version": "1"}}, "living_floors"),
    ({"spending_guide": {"year": 2026}}, "spending_guide"),
    ({"lender_kind": 3}, "lender_kind"),
    ({"portal": {"link_days": 0}}, "portal"),
    ({"portal": ["x"]}, "portal"),
    ({"portal": {"bank": {"iban": "DE89370400440532013000"}}}, "portal"),
    ({"contact": "COLLECTOR"}, "contact"),
    ({"contact": {"recording": "SOMETIMES"}}, "contact.recording"),
    ({"contact": {"colour": "red"}}, "contact.colour"),
    ({"contact": {"drafts": "ab"}}, "contact.drafts"),
    ({"contact": {"details": {"contact_phone": 400}}}, "contact.details"),
    ({"contact": {"identity": {"facts": "NAME"}}}, "`facts`"),
    ({"contact_policy": {"limits": {}}}, "contact_policy"),
    ({"contact_words": {"zh-hans": ["a"]}}, "contact_words.zh-hans"),
    ({"contact_words": {"fr": {}}}, "contact_words.fr"),
    ({"timing": {"exploration": 0}}, "timing"),
    ({"timing": 3}, "timing"),
    ({"approval_limits": {"WRITE_OFF": {"COLLECTOR": "-1"}}}, "approval limits"),
    ({"grace_days": "few"}, "grace_days"),
    ({"materiality_share": "1.5"}, "materiality_share"),
    ({"products": ["CARD"]}, "products"),
    ({"repaymnt": {}}, "repaymnt"),
]


def test_every_key_that_can_be_wrong_is_tried():
    assert {next(iter(given)) for given, _ in WRONG} - {"repaymnt"} | {"materiality_amount"} == set(known_settings())


@pytest.mark.parametrize(("given", "named"), WRONG, ids=[json.dumps(given) for given, _ in WRONG])
def test_what_nobody_could_read_is_not_written(tenant, given, named):
    with pytest.raises(UnfitTenant) as stopped:
        tenants.change_tenant(tenant_id=tenant.id, actor=SYSTEM, now=NOW, settings=given)
    assert named in stopped.value.message
    assert Tenant.objects.get(id=tenant.id).settings == {}
    assert list_events(subject_kind="TENANT", subject_id=tenant.id) == []


def test_what_fits_is_written_and_recorded(tenant):
    given = {
        "repayment": {"promises": {"default": {"grace_days": 5}}, "waiver_alone_max": "500.00", "re_age": True},
        "allocation": {"policy": "PRINCIPAL_FIRST_FROM_91"},
        "portal": {"bank": {"account_name": "B", "account_number": "1"}},
        "contact": {"recording": "CONSENT", "identity": {"needs": 2}, "details": {"contact_phone": "400"}},
        "materiality_amount": "100",
        "products": {"CARD": "卡"},
    }
    tenants.change_tenant(tenant_id=tenant.id, actor=SYSTEM, now=NOW, settings=given)
    assert Tenant.objects.get(id=tenant.id).settings == given
    assert [one.action for one in list_events(subject_kind="TENANT", subject_id=tenant.id)] == ["TENANT_CHANGED"]
    assert faults_of(given, given) == []


def test_only_what_is_changed_is_judged(tenant):
    """What got there otherwise and is wrong does not stand in the way of everything else."""
    Tenant.objects.filter(id=tenant.id).update(settings={"portal": {"link_days": 0}})
    given = {"portal": {"link_days": 0}, "grace_days": 3}
    tenants.change_tenant(tenant_id=tenant.id, actor=SYSTEM, now=NOW, settings=given)
    assert Tenant.objects.get(id=tenant.id).settings == given


def test_a_part_is_a_mapping_or_stops():
    assert part_of({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1}
    assert part_of({"a": None}, "a", "b") == part_of({}, "a") == part_of(None, "a") == {}
    for wrong in (3, [], "x", True, 0):
        with pytest.raises(SettingsUnfit) as stopped:
            part_of({"a": {"b": wrong}}, "a", "b")
        assert stopped.value.fields["key"] == "a.b"


# --- stored all the same: told in words


@pytest.fixture
def unfit(tenant):
    """A lender whose stored settings are wrong."""

    def store(settings):
        Tenant.objects.filter(id=tenant.id).update(settings=settings)

    return store


@pytest.mark.parametrize(
    ("settings", "page", "key"),
    [
        ({"repayment": {"promises": {"default": {"grace_days": "3"}}}}, "promise/", "repayment.promises"),
        ({"repayment": ["x"]}, "promise/", "repayment"),
        ({"repayment": {"hardship": 1}}, "hardship-panel", "repayment.hardship"),
        ({"offer_policy": {"roles": []}}, "offers/", "offer_policy"),
        ({"portal": {"link_days": 0}}, "portal-panel", "portal.link_days"),
        ({"contact_policy": {"x": 1}}, "call/", "contact_policy"),
        ({"contact": "x"}, "call/", "contact"),
    ],
)
def test_a_page_says_which_setting_and_who_corrects_it(client_for, unfit, settings, page, key):
    case = make_debtor("u1")
    unfit(settings)
    client = client_for("TEAM_LEAD")
    answer = client.get(f"/cases/{case.id}/{page}", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    text = told(answer.content)
    assert f"“{key}” in your lender&#x27;s settings cannot be used" in text.replace("&#39;", "&#x27;")
    assert "qingshou lender settings" in text
    part = client.get(f"/cases/{case.id}/{page}", headers={"Accept-Language": "en", "HX-Request": "true"})
    assert (part.status_code, part.content.decode().startswith('<p class="notice is-error" role="alert">')) == (
        503,
        True,
    )


def test_rest_says_it_as_a_problem_and_when_to_come_again(client_for, unfit):
    case = make_debtor("u2")
    unfit({"contact_policy": {"x": 1}})
    answer = client_for("COLLECTOR").get(f"/api/v1/contacts/clearance?case_id={case.id}&channel=PHONE")
    said = answer.json()
    assert (answer.status_code, said["code"], answer["Retry-After"]) == (503, "LENDER_SETTINGS_UNFIT", "300")
    assert "contact_policy" in said["detail"]


# --- the command


def test_the_command_shows_changes_and_refuses(committed, tmp_path):
    from qingshou.interfaces.commands.lender import app

    file, run = tmp_path / "own.yaml", CliRunner()

    def ask(text=None, *more):
        arguments = ["settings", committed.code, *more]
        if text is not None:
            file.write_text(text, encoding="utf-8")
            arguments += ["--file", str(file)]
        return run.invoke(app, arguments)

    changed = ask("grace_days: 3\nproducts: {CARD: 卡}\n")
    assert (changed.exit_code, changed.stdout) == (0, "grace_days: 3\nproducts:\n  CARD: 卡\n")
    assert json.loads(ask("grace_days:\n", "--json").stdout) == {"settings": {"products": {"CARD": "卡"}}, "faults": []}
    refused = ask("grace_days: few\nportal: {link_days: 0}\n")
    assert isinstance(refused.exception, UnfitTenant)
    assert len(refused.exception.fields["faults"]) == 2
    for wrong in ("- a\n", "a: [\n", "grace_days: 2026-01-01\n"):
        assert ask(wrong).exception.code == "BAD_INPUT"
    assert json.loads(ask(None, "--json").stdout)["settings"] == {"products": {"CARD": "卡"}}
    Tenant.objects.filter(id=committed.id).update(settings={"timing": 3})
    told_all = ask(None, "--json")
    assert (told_all.exit_code, len(json.loads(told_all.stdout)["faults"])) == (78, 1)

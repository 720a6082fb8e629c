"""Users, teams, clients and roles as pages: what a role may not do is refused, what is not theirs does not exist."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import make_users

from qingshou.access import operations, queries
from qingshou.access.clients import using_token
from qingshou.access.errors import UnfitUser
from qingshou.access.models import ApiClient, Team, User
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.tenancy.context import current_tenant_id_or_none, using

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
NEW = {"username": "new.hand", "display_name": "New Hand", "role": "COLLECTOR", "skills": "card, severe", "email": "",
       "capacity_cases": "120", "team_id": "", "language": ""}  # fmt: skip


def _actions(user_id):
    return [event.action for event in list_events(subject_kind="USER", subject_id=user_id)]


def test_an_administrator_makes_a_user_whose_password_is_shown_once(client_for):
    page = client_for("ADMINISTRATOR").post("/users/new/", NEW)
    made = User.objects.get(username="new.hand")
    password = re.search(r"data-first-password>([^<]+)<", page.content.decode()).group(1)
    assert made.check_password(password)
    assert (made.skills, made.capacity_cases, made.must_change_password) == (["CARD", "SEVERE"], 120, True)
    assert "no-store" in page["Cache-Control"]
    assert _actions(made.id) == ["USER_CREATED"]


def test_a_name_in_use_anywhere_is_refused_and_nothing_is_recorded(client_for, users, other_tenant):
    make_users(other_tenant, "b.")
    page = client_for("ADMINISTRATOR").post("/users/new/", NEW | {"username": "b.collector"})
    assert page.status_code == 200
    assert User.objects.count() == 8


def test_a_changed_role_ends_sessions_and_is_recorded(client_for, users):
    client = client_for("COLLECTOR")
    given = NEW | {"display_name": "C", "role": "TEAM_LEAD"}
    changed = client_for("ADMINISTRATOR").post(f"/users/{users['COLLECTOR'].id}/", given)
    assert changed.status_code == 302
    assert queries.get_user(user_id=users["COLLECTOR"].id).role == "TEAM_LEAD"
    assert _actions(users["COLLECTOR"].id)[0] == "USER_CHANGED"
    assert client.get("/accounts/password/change/").status_code == 302


@pytest.mark.parametrize("act", ["deactivate", "reactivate", "password", "sessions", "presence"])
def test_every_act_is_recorded_and_nobody_else_may(client_for, users, act):
    target = users["COLLECTOR"].id
    for role in ("COLLECTOR", "TEAM_LEAD", "RISK_OFFICER", "COMPLIANCE_OFFICER"):
        status = client_for(role).post(f"/users/{target}/{act}/").status_code
        assert status == (302 if (role, act) == ("TEAM_LEAD", "presence") else 403)
    before = len(_actions(target))
    client_for("ADMINISTRATOR").post(f"/users/{target}/{act}/", {"present": "1"})
    assert len(_actions(target)) == before + 1


def test_what_a_role_may_not_do_is_said_in_the_reader_s_language(client_for):
    page = client_for("RISK_OFFICER").get("/contact/refusals/", headers={"accept-language": "zh-hans"})
    assert page.status_code == 403
    assert "您的角色没有此权限：查看被拒触达。如工作需要，请联系管理员。" in page.content.decode()


def test_nobody_shuts_out_himself_or_the_last_administrator(client_for, users):
    admin = users["ADMINISTRATOR"]
    client_for("ADMINISTRATOR").post(f"/users/{admin.id}/deactivate/")
    assert queries.get_user(user_id=admin.id).is_active
    from qingshou.access.errors import LastAdministrator

    with pytest.raises(LastAdministrator):
        operations.deactivate_user(user_id=admin.id, actor=SYSTEM, now=NOW)
    with pytest.raises(LastAdministrator):
        operations.change_user(user_id=admin.id, role="COLLECTOR", actor=SYSTEM, now=NOW)


def test_who_holds_work_goes_only_when_somebody_takes_over(users):
    from qingshou.access import handover
    from qingshou.access.errors import UnfitUser, WorkLeft

    moved = []
    kept = dict(handover._holders)
    handover._holders.clear()
    handover.register_holder("TEST", count=lambda _: 3,
                             hand_over=lambda **given: moved.append(given["to_user_id"]) or 3)  # fmt: skip
    leaver, successor = users["COLLECTOR"].id, users["TEAM_LEAD"].id
    try:
        with pytest.raises(WorkLeft):
            operations.deactivate_user(user_id=leaver, actor=SYSTEM, now=NOW)
        with pytest.raises(UnfitUser):
            operations.deactivate_user(user_id=leaver, actor=SYSTEM, now=NOW, hand_over_to=leaver)
        assert queries.get_user(user_id=leaver).is_active
        given = {"user_id": leaver, "actor": SYSTEM, "now": NOW, "hand_over_to": successor}
        assert operations.deactivate_user(**given) == {"TEST": 3}
    finally:
        handover._holders.clear()
        handover._holders.update(kept)
    assert (moved, queries.get_user(user_id=leaver).is_active) == ([successor], False)


def test_the_list_asks_as_often_for_three_users_as_for_forty(client_for, users, tenant):
    client = client_for("ADMINISTRATOR")

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/users/?sort=-role&cols=username,role,team,last_login").status_code == 200
        return len(seen)

    few = count()
    User.objects.bulk_create(
        User(username=f"u{n}", display_name=f"U {n}", role="COLLECTOR", team=Team.objects.first()) for n in range(40)
    )
    assert count() == few
    assert few <= 12


def test_search_sort_and_export_show_the_same_rows(client_for, users):
    client = client_for("ADMINISTRATOR")
    assert "risk_officer" not in client.get("/users/?q=collector").content.decode()
    exported = client.get("/users/?role=COLLECTOR&export=csv")
    text = b"".join(exported.streaming_content if exported.streaming else [exported.content]).decode("utf-8-sig")
    assert "collector" in text
    assert "team_lead" not in text


def test_another_lenders_user_and_client_do_not_exist(client_for, users, other_tenant):
    strangers = make_users(other_tenant, "b.")
    client = client_for("ADMINISTRATOR")
    for path in (f"/users/{strangers['COLLECTOR'].id}/", f"/users/{uuid4()}/"):
        assert client.get(path).status_code == 404
        assert client.post(path + "password/").status_code == 404
    assert "b.collector" not in client.get("/users/?q=b.").content.decode()


def test_a_clients_token_is_shown_once_and_dies_when_revoked(client_for, users):
    client = client_for("ADMINISTRATOR")
    given = {"name": "core", "role": "RISK_OFFICER", "scopes": ["book:write"], "days": "30"}
    page = client.post("/users/clients/", given)
    token = re.search(r"data-token>([^<]+)<", page.content.decode()).group(1)
    made = ApiClient.objects.get()
    assert token.split("_", 2)[2] not in client.get("/users/clients/").content.decode()
    assert token.split("_", 2)[2] not in str(made.__dict__)
    assert made.team_id is None
    with using(None):
        with using_token(token, now=made.created_at) as principal:
            assert current_tenant_id_or_none() == principal.tenant_id == made.tenant_id
            assert ApiClient.objects.get().last_used_at == made.created_at
        assert (principal.has_perm("imports.run"), principal.has_perm("runs.start")) == (True, False)
        assert _stands_for_nobody(token[:-1] + ("A" if token[-1] != "A" else "B"), made.created_at)
        assert not _stands_for_nobody(token, made.expires_at - timedelta(seconds=1))
        assert _stands_for_nobody(token, made.expires_at)
    client.post(f"/users/clients/{made.id}/revoke/")
    for nonsense in (token, "", "qs__", "qs_AAAAAAAAAAAA_" + "x" * 43, "Bearer x", "\x00"):
        with using(None):
            assert _stands_for_nobody(nonsense, made.created_at)


def test_a_client_is_made_for_a_team_of_the_lender(client_for, users):
    client, team = client_for("ADMINISTRATOR"), users["COLLECTOR"].team
    given = {"name": "dialler", "role": "TEAM_LEAD", "scopes": ["cases:write"], "days": "30"}
    assert client.post("/users/clients/", given | {"team_id": str(uuid4())}).status_code == 422
    page = client.post("/users/clients/", given | {"team_id": str(team.id)}).content.decode()
    assert f"<td>{team.name}</td>" in page
    token = re.search(r"data-token>([^<]+)<", page).group(1)
    made = ApiClient.objects.get()
    with using(None), using_token(token, now=made.created_at) as principal:
        assert principal.team_id == team.id
    event = list_events(subject_kind="API_CLIENT", subject_id=made.id)[0]
    assert event.facts["team"] == str(team.id)
    with pytest.raises(UnfitUser):
        operations.create_client(name="y", role="TEAM_LEAD", scopes=["cases:write"], team_id=uuid4(),
                                 expires_at=NOW.replace(year=2027), actor=SYSTEM, now=NOW)  # fmt: skip


def _stands_for_nobody(token, now) -> bool:
    """Tell whether a token opens nothing: nobody is in force, and no row is seen."""
    with using_token(token, now=now) as principal:
        assert (principal is None) == (current_tenant_id_or_none() is None) == (not ApiClient.objects.exists())
        return principal is None


def test_a_scope_never_opens_more_than_the_role_has(users):
    _, token = operations.create_client(name="x", role="COLLECTOR", scopes=["day:run", "users:write"],
                                        expires_at=NOW.replace(year=2027), actor=SYSTEM, now=NOW)  # fmt: skip
    with using_token(token, now=NOW) as principal:
        assert not principal.has_perm("runs.start")
        assert not principal.has_perm("users.manage")


def test_teams(client_for, users):
    client = client_for("ADMINISTRATOR")
    client.post("/users/teams/", {"name": "Desk 2", "branch": "North"})
    team = Team.objects.get(name="Desk 2")
    client.post(f"/users/teams/{team.id}/", {"name": "Desk 1", "branch": ""})
    team.refresh_from_db()
    assert team.name == "Desk 2"
    client.post(f"/users/teams/{team.id}/", {"name": "Desk 3", "branch": ""})
    team.refresh_from_db()
    assert team.name == "Desk 3"
    assert [e.action for e in list_events(subject_kind="TEAM", subject_id=team.id)] == ["TEAM_CHANGED", "TEAM_CREATED"]
    assert client_for("TEAM_LEAD").post("/users/teams/", {"name": "Mine"}).status_code == 403


def test_the_table_of_roles_is_what_the_predicates_say(client_for, users):
    page = client_for("COMPLIANCE_OFFICER").get("/users/roles/").content.decode()
    assert page.count("<tr>") == 35
    from qingshou.access.permissions import PERMISSIONS
    from qingshou.access.phrases import PERMISSIONS as WORDS
    from qingshou.access.phrases import ROLES, SCOPES
    from qingshou.access.roles import Role
    from qingshou.access.scopes import OPENS, Scope

    assert WORDS.keys() == PERMISSIONS.keys()
    assert list(ROLES) == list(Role)
    assert list(SCOPES) == list(Scope)
    assert frozenset().union(*OPENS.values()) == PERMISSIONS.keys()

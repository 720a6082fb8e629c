"""A4: throttled over all processes, no help for guessing, sessions that end, passwords and factors that are due."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from tests.conftest import PASSWORD

from qingshou.access import operations
from qingshou.access.models import User
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.tenancy.context import using

LOGIN = "/accounts/login/"
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_counts_left_over(db):
    cache.clear()


def _sign_in(username="collector", password=PASSWORD, client=None, **extra):
    client = client or Client()
    with using(None):
        return client, client.post(LOGIN, {"login": username, "password": password}, **extra)


def _is_in(client) -> bool:
    with using(None):
        return client.get("/accounts/password/change/").status_code == 200


def _events(user) -> list[str]:
    with using(user.tenant_id):
        return [e.action for e in list_events(subject_kind="USER", subject_id=user.id)]


def test_the_right_password_opens_and_is_recorded(users):
    client, response = _sign_in()
    assert (response.status_code, _is_in(client)) == (302, True)
    assert _events(users["COLLECTOR"]) == ["SIGNED_IN"]


def test_the_session_key_changes_at_sign_in(users):
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    client.cookies["session"] = before
    _sign_in(client=client)
    assert client.cookies["session"].value not in ("", before)
    fixed = Client()
    fixed.cookies["session"] = before
    assert not _is_in(fixed)


def test_sign_out_is_dead_on_the_server(users):
    client, _ = _sign_in()
    key = client.cookies["session"].value
    with using(None):
        client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["session"] = key
    assert not _is_in(thief)
    assert _events(users["COLLECTOR"])[0] == "SIGNED_OUT"


def test_five_failures_lock_the_account_even_for_the_right_password(users):
    for _ in range(5):
        _sign_in(password="wrong")
    client, _ = _sign_in()
    assert not _is_in(client)
    assert _events(users["COLLECTOR"])[:2] == ["SIGN_IN_LOCKED", "SIGN_IN_FAILED"]
    other, _ = _sign_in("team_lead")
    assert _is_in(other)


def test_four_failures_do_not_lock(users):
    """The negative control of the lock."""
    for _ in range(4):
        _sign_in(password="wrong")
    client, _ = _sign_in()
    assert _is_in(client)


def test_a_spoofed_forwarding_header_or_host_does_not_reset_the_count(users):
    for step in range(5):
        host = ("localhost", "127.0.0.1")[step % 2]
        _sign_in(password="wrong", HTTP_X_FORWARDED_FOR=f"10.9.8.{step}", HTTP_HOST=host,
                 REMOTE_ADDR=f"192.0.2.{step}")  # fmt: skip
    client, _ = _sign_in(HTTP_X_FORWARDED_FOR="10.1.1.1", HTTP_HOST="127.0.0.1", REMOTE_ADDR="192.0.2.99")
    assert not _is_in(client)


def test_one_address_cannot_go_on_over_many_names(users):
    for step in range(10):
        _sign_in(f"nobody{step}", "wrong", HTTP_X_FORWARDED_FOR=f"10.9.8.{step}")
    client, _ = _sign_in(HTTP_X_FORWARDED_FOR="10.1.1.1")
    assert not _is_in(client)
    elsewhere, _ = _sign_in(REMOTE_ADDR="192.0.2.7")
    assert _is_in(elsewhere)


def test_our_own_proxies_are_believed_and_nobody_beyond(users, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for step in range(10):
        _sign_in(f"nobody{step}", "wrong", HTTP_X_FORWARDED_FOR=f"10.9.8.{step}, 198.51.100.7")
    blocked, _ = _sign_in(HTTP_X_FORWARDED_FOR="10.1.1.1, 198.51.100.7")
    free, _ = _sign_in(HTTP_X_FORWARDED_FOR="198.51.100.7, 198.51.100.8")
    assert (_is_in(blocked), _is_in(free)) == (False, True)


def test_many_names_do_not_push_a_count_out_of_the_cache(users):
    for _ in range(5):
        _sign_in(password="wrong")
    for step in range(400):
        cache.set(f"some-name-{step}", 1)
    client, _ = _sign_in()
    assert not _is_in(client)


def test_an_unknown_name_is_answered_like_a_wrong_password(users):
    def page(username):
        _, response = _sign_in(username, "wrong")
        text = response.content.decode()
        text = re.sub(r"[A-Za-z0-9]{64}", "TOKEN", text.replace(username, "NAME"))
        return response.status_code, text

    assert page("collector") == page("collectos")


@pytest.mark.parametrize(("away", "still_in"), [(29, True), (31, False)])
def test_a_session_left_alone_for_half_an_hour_is_over(users, away, still_in):
    with time_machine.travel(NOW, tick=False) as clock:
        client, _ = _sign_in()
        clock.shift(timedelta(minutes=away))
        assert _is_in(client) is still_in


def test_a_session_in_use_is_over_after_twelve_hours(users):
    with time_machine.travel(NOW, tick=False) as clock:
        client, _ = _sign_in()
        for _ in range(47):
            clock.shift(timedelta(minutes=15))
            assert _is_in(client)
        clock.shift(timedelta(minutes=15))
        assert not _is_in(client)


def test_a_first_password_must_be_changed_before_anything_else(tenant):
    user, password = operations.create_user(username="new.hand", display_name="New", role="COLLECTOR", actor=SYSTEM,
                                            now=timezone.now())  # noqa: TID251  # fmt: skip
    client, _ = _sign_in("new.hand", password)
    with using(None):
        response = client.get("/")
        assert (response.status_code, response.url) == (302, "/accounts/password/change/")
        chosen = {"oldpassword": password, "password1": "a-long-chosen-one-7", "password2": "a-long-chosen-one-7"}
        client.post("/accounts/password/change/", chosen)
    user.refresh_from_db()
    assert (user.must_change_password, user.temporary_password_until) == (False, None)
    assert "PASSWORD_CHANGED" in _events(user)


def test_a_first_password_dies_after_three_days(tenant):
    with time_machine.travel(NOW, tick=False) as clock:
        _, password = operations.create_user(username="late", display_name="Late", role="COLLECTOR", actor=SYSTEM,
                                             now=NOW)  # fmt: skip
        clock.shift(timedelta(days=3))
        client, _ = _sign_in("late", password)
        assert not _is_in(client)
        clock.shift(timedelta(seconds=-1))
        client, _ = _sign_in("late", password)
        assert _is_in(client)


def test_supervisors_need_a_second_factor_where_it_is_required(users, settings):
    settings.QINGSHOU_REQUIRE_SECOND_FACTOR = True
    lead, _ = _sign_in("team_lead")
    hand, _ = _sign_in("collector")
    with using(None):
        assert lead.get("/").url == "/accounts/2fa/totp/activate/"
        assert hand.get("/").url != "/accounts/2fa/totp/activate/" if hand.get("/").status_code == 302 else True
        settings.QINGSHOU_REQUIRE_SECOND_FACTOR = False
        assert getattr(lead.get("/"), "url", "") != "/accounts/2fa/totp/activate/"


@pytest.mark.parametrize("end", ["end_sessions", "deactivate_user", "reset_password"])
def test_an_administrator_ends_a_session_at_once(users, end):
    client, _ = _sign_in()
    assert _is_in(client)
    with using(users["COLLECTOR"].tenant_id):
        getattr(operations, end)(user_id=users["COLLECTOR"].id, actor=SYSTEM, now=NOW)
    assert not _is_in(client)


def test_nobody_signs_up(db):
    assert User.objects.count() == 0
    Client().post("/accounts/signup/", {"username": "mallory", "password1": PASSWORD, "password2": PASSWORD})
    with using(None, scope="system"):
        assert not User.objects.filter(username="mallory").exists()

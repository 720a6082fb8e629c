"""How many requests of one caller a process takes in a minute: counted without an exchange, refused in form."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qingshou.interfaces.api.pace import Pace
from qingshou.rest.errors import TooMany

ME = "/api/v1/tenants/me"


def test_so_many_a_minute_and_the_next_minute_again():
    at = [600.0]
    pace = Pace(lambda: at[0])
    for _ in range(3):
        pace.ensure("a", most=3)
    at[0] = 640.5
    with pytest.raises(TooMany) as stopped:
        pace.ensure("a", most=3)
    assert stopped.value.fields["retry_after_seconds"] == 20
    pace.ensure("b", most=3)  # another caller is not held up
    at[0] = 660.0
    pace.ensure("a", most=3)
    assert pace.callers_count == 1  # nobody is remembered beyond the minute


def test_no_limit():
    pace = Pace(lambda: 0.0)
    for _ in range(5):
        pace.ensure("a", most=0)
    assert pace.callers_count == 0


@pytest.fixture
def held(settings, monkeypatch):
    """Two a minute, in a minute that stands still."""
    settings.QINGSHOU_API_PER_MINUTE_MAX = 2
    pace = Pace(lambda: 30.0)
    monkeypatch.setattr("qingshou.interfaces.api.pace._pace", pace)
    return pace


def test_too_many_are_refused_with_the_seconds_to_wait(client_for, held):
    client = client_for("COLLECTOR")
    assert [client.get(ME).status_code for _ in range(3)] == [200, 200, 429]
    answer = client.get(ME)
    assert (answer.json()["code"], answer["Retry-After"]) == ("TOO_MANY_REQUESTS", "31")
    assert client_for("TEAM_LEAD").get(ME).status_code == 200


def test_a_key_is_free_after_a_refusal_and_the_count_costs_no_exchange(client_for, held, settings):
    client = client_for("COLLECTOR")
    counts = []
    for most in (0, 1_000):
        settings.QINGSHOU_API_PER_MINUTE_MAX = most
        with CaptureQueriesContext(connection) as asked:
            assert client.get(ME).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    settings.QINGSHOU_API_PER_MINUTE_MAX = 1
    with CaptureQueriesContext(connection) as asked:
        assert client.post("/api/v1/imports", headers={"Idempotency-Key": "k"}).status_code == 429
    assert not [one for one in asked if "idempotency" in one["sql"]]  # refused before the key is looked at


def test_who_is_nobody_is_not_counted(client, db, held):
    assert {client.get(ME).status_code for _ in range(5)} == {401}
    assert held.callers_count == 0

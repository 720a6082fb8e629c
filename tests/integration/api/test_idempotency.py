"""Idempotency keys: Stripe's rules, one effect however often and by however many it is sent, and no key that sticks."""

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from tests.conftest import NOW

from qingshou.access.models import Team
from qingshou.audit.actors import SYSTEM
from qingshou.rest.errors import BadIdempotencyKey, InProgress, KeyReused
from qingshou.rest.idempotency import KEPT, REPLAYED, answer_once, forget_old_keys
from qingshou.rest.models import IdempotencyKey
from qingshou.rest.principal import Principal
from qingshou.tenancy.context import using

SENDER = uuid.uuid4()
PATH = "/api/v1/things"


def principal(tenant, sender=SENDER):
    return Principal(tenant_id=tenant.id, actor=SYSTEM, caller=SimpleNamespace(id=sender, role="RISK_OFFICER"))


def send(tenant, key, body, *, path=PATH, sender=SENDER, status=201, began=True, fails=False, now=NOW, effect=None):
    """Send one request whose effect is a row of `Team` named after its key."""
    request = RequestFactory().post(
        path, data=json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
    )

    def respond():
        (effect or (lambda: Team.objects.create(name=f"{key}:{uuid.uuid4()}")))()
        if fails:
            raise RuntimeError("killed here")
        return HttpResponse(json.dumps({"made": str(uuid.uuid4())}), status=status, content_type="application/json")

    return answer_once(
        request=request, principal=principal(tenant, sender), now=now, respond=respond, began=lambda: began
    )


def effects(key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_team WHERE name LIKE %s", [f"{key}:%"])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_same_key_and_body_gets_the_same_reply_and_one_effect(tenant):
    first = send(tenant, "k1", {"a": 1})
    second = send(tenant, "k1", {"a": 1})
    assert (second.status_code, second.content) == (201, first.content)
    assert REPLAYED not in first
    assert second[REPLAYED] == "true"
    assert effects("k1") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"body": {"a": 2}}, {"path": "/api/v1/other"}])
def test_another_request_under_the_key_is_refused(tenant, change):
    send(tenant, "k1", {"a": 1})
    with pytest.raises(KeyReused):
        send(tenant, "k1", **({"body": {"a": 1}} | change))
    assert effects("k1") == 1


@pytest.mark.django_db
def test_keys_of_two_callers_and_two_lenders_are_apart(tenant, other_tenant):
    send(tenant, "k1", {"a": 1})
    assert REPLAYED not in send(tenant, "k1", {"a": 1}, sender=uuid.uuid4())
    with using(other_tenant.id):
        assert REPLAYED not in send(other_tenant, "k1", {"a": 1})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "began", "kept"),
    [(201, True, True), (404, True, True), (422, True, True), (422, False, False), (401, True, False),
     (403, True, False), (429, True, False), (500, True, False)],
)  # fmt: skip
def test_which_replies_are_kept(tenant, status, began, kept):
    send(tenant, "k1", {"a": 1}, status=status, began=began)
    assert IdempotencyKey.objects.filter(key="k1").exists() is kept
    assert effects("k1") == (1 if status < 400 else 0)


@pytest.mark.django_db
def test_a_failure_in_the_middle_leaves_neither_effect_nor_key(tenant):
    with pytest.raises(RuntimeError):
        send(tenant, "k1", {"a": 1}, fails=True)
    assert (effects("k1"), IdempotencyKey.objects.count()) == (0, 0)
    assert send(tenant, "k1", {"a": 1}).status_code == 201


@pytest.mark.django_db
def test_keys_are_forgotten_after_their_time(tenant):
    send(tenant, "k1", {"a": 1})
    assert REPLAYED not in send(tenant, "k1", {"a": 2}, now=NOW + KEPT + timedelta(seconds=1))
    assert forget_old_keys(now=NOW + KEPT * 3) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "nonäscii", "tab\there"])
def test_a_key_that_cannot_be_used_is_refused(tenant, key):
    request = RequestFactory().post(PATH, data=b"{}", content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)
    with pytest.raises(BadIdempotencyKey):
        answer_once(request=request, principal=principal(tenant), now=NOW, respond=HttpResponse, began=lambda: True)


@pytest.mark.django_db
def test_an_upload_sent_again_with_another_boundary_is_the_same_request(tenant):
    made = []
    for content in (b"a,b\n1,2\n", b"a,b\n1,2\n", b"a,b\n1,3\n"):
        request = RequestFactory().post(
            PATH, {"file": SimpleUploadedFile("f.csv", content), "note": "n"}, headers={"Idempotency-Key": "up"}
        )
        try:
            reply = answer_once(
                request=request, principal=principal(tenant), now=NOW, respond=lambda: HttpResponse(status=202),
                began=lambda: True,
            )  # fmt: skip
            made.append(reply.get(REPLAYED, "first"))
        except KeyReused:
            made.append("refused")
    assert made == ["first", "true", "refused"]


def test_a_concurrent_request_is_told_to_wait_and_a_dead_holder_frees_the_key(committed):
    """The holder's connection is cut in the middle, as kill -9 would: the key is free at once and nothing was done."""
    holding, cut = threading.Event(), threading.Event()
    backend = []

    def hold():
        with using(committed.id):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backend.append(cursor.fetchone()[0])

            def wait():
                Team.objects.create(name=f"k9:{uuid.uuid4()}")
                holding.set()
                cut.wait(10)
                Team.objects.count()

            try:
                send(committed, "k9", {"a": 1}, effect=wait)
            finally:
                connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        assert holding.wait(10)
        with pytest.raises(InProgress) as refused:
            send(committed, "k9", {"a": 1})
        assert refused.value.http_status == 409
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", backend)
        cut.set()
        with pytest.raises(Exception, match=r"terminat|closed"):
            held.result(20)
    reply = send(committed, "k9", {"a": 1})
    assert (reply.status_code, REPLAYED in reply, effects("k9")) == (201, False, 1)


def test_a_hanging_holder_loses_the_key_after_the_lease(committed, monkeypatch):
    monkeypatch.setattr("qingshou.rest.idempotency.LEASE_SECONDS", 1)
    holding = threading.Event()

    def hold():
        def hang():
            Team.objects.create(name=f"k8:{uuid.uuid4()}")
            holding.set()
            threading.Event().wait(2.5)  # does nothing, in the middle of its transaction
            Team.objects.count()

        with using(committed.id):
            try:
                send(committed, "k8", {"a": 1}, effect=hang)
            finally:
                connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        assert holding.wait(10)
        with pytest.raises(InProgress):
            send(committed, "k8", {"a": 1})
        threading.Event().wait(1.5)
        assert send(committed, "k8", {"a": 1}).status_code == 201
        with pytest.raises(Exception, match=r"idle|closed|terminat"):
            held.result(20)
    assert effects("k8") == 1


WORKERS, KEYS, SENDS = 20, 100, 3


def _storm(tenant, one):
    """Send every key SENDS times from WORKERS threads, all sends of a key at about the same time."""
    jobs = [f"storm{uuid.uuid4().hex[:8]}-{number}" for number in range(KEYS)]

    def work(key):
        with using(tenant.id):
            try:
                for _ in range(50):
                    try:
                        return one(key)
                    except InProgress:
                        threading.Event().wait(0.02)
                raise AssertionError("a key stayed in progress")
            finally:
                connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, [key for key in jobs for _ in range(SENDS)]))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT split_part(name, ':', 1)) FROM access_team WHERE name LIKE %s",
            ["storm%"],
        )
        return cursor.fetchone()


def test_twenty_workers_make_each_effect_once(committed):
    done, distinct = _storm(committed, lambda key: send(committed, key, {"a": 1}))
    assert (done, distinct) == (KEYS, KEYS)


def test_without_the_key_the_same_storm_doubles(committed):
    """The negative control: the storm can show a doubled effect."""

    def one(key):
        with transaction.atomic():
            Team.objects.create(name=f"{key}:{uuid.uuid4()}")

    done, distinct = _storm(committed, one)
    assert (done, distinct) == (KEYS * SENDS, KEYS)

"""Recordings: sealed on disk, named by their sound, played to who may hear, each playing logged."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings
from tests.integration.contact.rows import NOW, make_debtor

from qingshou.access.actors import actor_of
from qingshou.edges import clock
from qingshou.features.book.intake.errors import VaultClosed
from qingshou.features.contact.channels.ari_follow import CallEvent, Step
from qingshou.features.contact.errors import BadContactInput, NotNow
from qingshou.features.contact.models import Attempt, Call, Consent, Recording
from qingshou.features.contact.operations import calls
from qingshou.features.contact.operations.following import follow_calls, is_to_be_recorded
from qingshou.features.contact.operations.recordings import store_recording
from qingshou.features.contact.queries.recordings import open_recording, path_of
from qingshou.kernel.errors import NotFound
from qingshou.law.contact.terms import Outcome
from qingshou.privacy.models import PersonalDataRead

SOUND = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"spoken words" * 5000


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "QINGSHOU_HOME", tmp_path)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return tmp_path


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def call(users, me):
    case = make_debtor("r1", owner=users["COLLECTOR"])
    point = case.borrower.contact_points.get(channel="PHONE")
    return calls.begin_call(case_id=case.id, contact_point_id=point.id, actor=me, now=NOW).call


def stored(call, me, sound=SOUND):
    return store_recording(call_id=call.id, chunks=[sound[:1000], b"", sound[1000:]], actor=me, now=NOW)


def test_the_sound_is_sealed_and_comes_back_whole(call, me, tenant, home):
    kept = stored(call, me)
    assert (kept.content_type, kept.size_bytes) == ("audio/wav", len(SOUND))
    assert kept.document_hash == hashlib.sha256(SOUND).hexdigest()
    assert str(kept.keep_until) == "2028-11-22"
    path = path_of(tenant.code, kept.document_hash)
    assert path.is_relative_to(home / "recordings" / "alpha")
    assert b"spoken" not in path.read_bytes()
    assert b"".join(open_recording(recording=kept)) == SOUND
    assert [one for one in (home / "recordings").rglob("*") if one.is_file()] == [path]


def test_the_same_sound_again_changes_nothing_and_another_is_refused(call, me):
    first = stored(call, me)
    assert stored(call, me).id == first.id
    with pytest.raises(NotNow, match="already"):
        stored(call, me, SOUND + b"more")
    assert Recording.objects.count() == 1


@pytest.mark.parametrize(
    ("sound", "expected"), [(b"", "empty"), (b"%PDF-1.7", "no sound"), (b"<html>RIFF", "no sound")]
)
def test_what_is_no_sound_is_refused_and_leaves_no_file(call, me, home, sound, expected):
    with pytest.raises(BadContactInput, match=expected):
        stored(call, me, sound)
    assert [one for one in home.rglob("*") if one.is_file()] == []


def test_a_swapped_or_changed_file_does_not_play(call, me, tenant, users):
    kept = stored(call, me)
    other_case = make_debtor("r2", owner=users["COLLECTOR"])
    calls.save_call(call_id=call.id, outcome="NO_ANSWER", next_action="CONTACT_DEBTOR", next_action_on=NOW.date(),
                    actor=me, now=NOW)  # fmt: skip
    point = other_case.borrower.contact_points.get(channel="PHONE")
    other = calls.begin_call(case_id=other_case.id, contact_point_id=point.id, actor=me, now=NOW).call
    second = stored(other, me, SOUND + b"other")
    own, others = path_of(tenant.code, kept.document_hash), path_of(tenant.code, second.document_hash)
    held = own.read_bytes()
    own.write_bytes(others.read_bytes())
    with pytest.raises(VaultClosed, match="swapped"):
        list(open_recording(recording=kept))
    own.write_bytes(held[:-40])
    with pytest.raises(VaultClosed):
        list(open_recording(recording=kept))
    own.unlink()
    with pytest.raises(NotFound):
        list(open_recording(recording=kept))


@pytest.mark.parametrize(
    ("role", "status"), [("COLLECTOR", 200), ("TEAM_LEAD", 200), ("COMPLIANCE_OFFICER", 200), ("RISK_OFFICER", 403)]
)
def test_who_may_hear_it_and_that_it_is_logged(client_for, call, me, role, status):
    stored(call, me)
    answer = client_for(role).get(f"/contact/calls/{call.id}/recording")
    assert answer.status_code == status
    reads = PersonalDataRead.objects.filter(purpose="RECORDING")
    assert reads.count() == (status == 200)
    if status == 200:
        assert b"".join(answer.streaming_content) == SOUND
        assert answer["Content-Type"] == "audio/wav"
        assert reads.get().role == role


def test_it_is_added_by_hand(client_for, call, tmp_path):
    sound = tmp_path / "sound.wav"
    sound.write_bytes(SOUND)
    client = client_for("COLLECTOR")
    with sound.open("rb") as file:
        answer = client.post(f"/contact/calls/{call.id}/recording/add", {"recording": file})
    assert answer.status_code == 302
    assert Recording.objects.get().call_id == call.id
    assert client.post(f"/contact/calls/{call.id}/recording/add").status_code == 302


class Exchange:
    """An exchange that keeps recordings until they are fetched: what an outside system would do."""

    code = "ari"

    def __init__(self, sounds):
        self.sounds = sounds

    def originate(self, *, key, number, caller):  # noqa: ARG002  as an exchange is asked
        return f"{key}-agent"

    def fetch_recording(self, key):
        if key not in self.sounds:
            raise NotFound("no recording")
        return self.sounds[key], "wav"

    def delete_recording(self, key):
        del self.sounds[key]


@pytest.fixture
def dialled(users, me):
    case = make_debtor("r3", owner=users["COLLECTOR"])
    exchange = Exchange({})
    point = case.borrower.contact_points.get(channel="PHONE")
    call = calls.begin_call(case_id=case.id, contact_point_id=point.id, actor=me, now=NOW, adapter=exchange).call
    return call, exchange


def steps(call, *names, outcome=None):
    return [CallEvent(call.id, Step(name), NOW, outcome=outcome) for name in names]


def test_what_the_exchange_recorded_becomes_ours_and_leaves_it(dialled):
    call, exchange = dialled
    exchange.sounds[call.id] = SOUND
    told = steps(call, "PICKED_UP", "RINGING", "ANSWERED", "ENDED", "RECORDING_DONE", "RECORDING_DONE")
    assert follow_calls(exchange=exchange, steps=told, clock=lambda: NOW) == 3
    assert Recording.objects.get().call_id == call.id
    assert exchange.sounds == {}
    assert Call.objects.get().duration_s == 0


def test_a_recording_that_is_no_sound_stays_where_it_is(dialled):
    call, exchange = dialled
    exchange.sounds[call.id] = b"nothing"
    assert follow_calls(exchange=exchange, steps=steps(call, "RECORDING_DONE"), clock=lambda: NOW) == 0
    assert call.id in exchange.sounds


def test_a_number_that_never_rang_gives_its_place_back(dialled, me):
    call, exchange = dialled
    told = steps(call, "ENDED", outcome=Outcome.RELEASED)
    follow_calls(exchange=exchange, steps=[*told, *told], clock=lambda: NOW)
    assert Attempt.objects.get().outcome == "RELEASED"
    assert Call.objects.get().saved_at == NOW


@pytest.mark.parametrize(
    ("way", "said", "expected"),
    [("", None, False), ("ALWAYS", None, True), ("ALWAYS", False, False), ("CONSENT", None, False),
     ("CONSENT", True, True), ("CONSENT", False, False)],
)  # fmt: skip
def test_whether_a_call_is_recorded(call, tenant, way, said, expected):
    tenant.settings = {"contact": {"recording": way}}
    tenant.save()
    if said is not None:
        Consent.objects.create(person_id=call.attempt.person_id, kind="RECORDING", is_given=said, at=NOW, source="CALL",
                               given_by="collector")  # fmt: skip
    assert is_to_be_recorded(call_id=call.id) is expected


def test_the_folder_of_recordings_is_ours_alone(call, me, tenant):
    kept = stored(call, me)
    assert Path(path_of(tenant.code, kept.document_hash)).stat().st_mode & 0o077 == 0

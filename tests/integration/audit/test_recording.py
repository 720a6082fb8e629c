"""Events are recorded with the doing, in order, bit-exact, and never changed."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from qingshou.audit import queries
from qingshou.audit.actors import SYSTEM, Actor
from qingshou.audit.anchors import make_anchor
from qingshou.audit.canonical import UnfitFact, commitment
from qingshou.audit.entries import Entry
from qingshou.audit.models import AuditAnchor, AuditEvent, AuditHead, AuditOpening
from qingshou.audit.operations import OPENING_PLACE, erase_openings, record, record_many
from qingshou.audit.verification import verify
from qingshou.privacy.sealing import seal, unseal
from qingshou.tenancy.context import NoTenant, using

NOW = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)
USER = Actor("USER", "wang", uuid4())


def _record(subject, action="CASE_OPENED", **facts):
    return record(subject_kind="CASE", subject_id=subject, action=action, actor=USER, now=NOW, facts=facts)


def test_events_of_a_subject_are_numbered_and_chained(tenant):
    subject = uuid4()
    first, second = _record(subject, n=1), _record(subject, "CASE_MOVED", n=2)
    assert (first.seq, second.seq) == (1, 2)
    assert bytes(second.prev_hash) == bytes(first.hash)
    assert [event.action for event in queries.list_events(subject_kind="CASE", subject_id=subject)] == [
        "CASE_MOVED",
        "CASE_OPENED",
    ]
    assert queries.count_events(subject_kind="CASE", subject_id=subject) == 2
    assert verify().is_sound


def test_what_is_read_back_hashes_to_what_was_stored(tenant):
    """Money, dates, zones, unicode and microseconds survive the database bit for bit."""
    plus_eight = timezone(timedelta(hours=8))
    for now in (NOW, NOW.replace(microsecond=0), NOW.astimezone(plus_eight), datetime(1969, 12, 31, tzinfo=UTC)):
        record(subject_kind="CASE", subject_id=uuid4(), action="X", actor=USER, now=now, rule="a", law="民法典 188",
               facts={"z": Decimal("10.10"), "a": date(2026, 2, 28), "名": "\u2028 \\ \" \x00 𠮷", "n": 10**30,
                      "list": [1, None, True, {"b": 1, "a": 2}], "at": NOW, "id": uuid4()})  # fmt: skip
    result = verify()
    assert (result.findings, result.events_count) == ((), 4)


def test_a_fact_without_one_spelling_is_refused(tenant):
    for unfit in (1.5, float("nan"), {1, 2}, object(), b"x"):
        with pytest.raises(UnfitFact), transaction.atomic():
            _record(uuid4(), value=unfit)
    assert AuditEvent.objects.count() == 0


def test_the_event_goes_when_the_doing_fails(tenant):
    def fail():
        with transaction.atomic():
            _record(uuid4())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (AuditEvent.objects.count(), AuditHead.objects.count()) == (0, 0)


def test_many_events_on_many_chains_at_once(tenant):
    subjects = [uuid4() for _ in range(50)]
    _record(subjects[7], n=0)
    entries = [Entry("CASE", s, a, {"n": n}) for n, a in enumerate(("A", "B")) for s in subjects]
    assert record_many(entries=entries, actor=SYSTEM, now=NOW) == 100
    assert [e.action for e in queries.list_events(subject_kind="CASE", subject_id=subjects[7])] == [
        "B",
        "A",
        "CASE_OPENED",
    ]
    assert verify().events_count == 101
    assert verify().is_sound
    assert record_many(entries=[], actor=SYSTEM, now=NOW) == 0


def test_one_bad_entry_among_many_records_none(tenant):
    entries = [Entry("CASE", uuid4(), "A"), Entry("CASE", uuid4(), "A", {"x": 0.1})]
    with pytest.raises(UnfitFact), transaction.atomic():
        record_many(entries=entries, actor=SYSTEM, now=NOW)
    assert AuditEvent.objects.count() == 0


def test_the_application_may_add_but_not_change(tenant):
    _record(uuid4())
    for statement in ("UPDATE audit_auditevent SET facts = '{}'", "DELETE FROM audit_auditevent",
                      "TRUNCATE audit_auditevent", "DELETE FROM audit_auditanchor"):  # fmt: skip
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_two_events_cannot_follow_one(tenant):
    """The database's own guard against a fork, should the lock ever be forgotten."""
    from django.db import IntegrityError

    event = _record(uuid4())
    for change in ({"seq": 2}, {"prev_hash": b"x" * 32}):
        again = AuditEvent.objects.get(pk=event.pk)
        again.pk = None
        for name, value in change.items():
            setattr(again, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save(force_insert=True)


def test_another_lenders_record_is_not_seen(tenant, other_tenant):
    subject = uuid4()
    _record(subject)
    make_anchor(on_date=date(2026, 11, 22), now=NOW)
    with using(other_tenant.id):
        assert queries.list_events(subject_kind="CASE", subject_id=subject) == []
        assert [m.objects.count() for m in (AuditHead, AuditEvent, AuditAnchor, AuditOpening)] == [0, 0, 0, 0]
        assert _record(subject).seq == 1
    with using(None), pytest.raises(NoTenant):
        _record(subject)


def test_personal_facts_enter_as_commitments_and_can_be_erased(tenant):
    subject = uuid4()
    event = record(subject_kind="CASE", subject_id=subject, action="PHONE_CHANGED", actor=USER, now=NOW, facts={},
                   personal={"old_phone": "13800138000"}, seal=seal)  # fmt: skip
    assert "13800138000" not in event.facts
    opening = AuditOpening.objects.get()
    text = unseal(opening.sealed, place=OPENING_PLACE, row_id=opening.id)
    proof = commitment(salt=bytes(opening.salt), name="old_phone", text=text)
    assert (text, proof in event.facts) == ("13800138000", True)
    assert erase_openings(subject_kind="CASE", subject_id=subject, actor=USER, now=NOW) == 1
    assert AuditOpening.objects.count() == 0
    assert verify().is_sound
    with pytest.raises(TypeError):
        record(subject_kind="CASE", subject_id=subject, action="X", actor=USER, now=NOW, facts={}, personal={"a": "b"})


def test_search_and_paging(tenant):
    subject = uuid4()
    for n in range(5):
        _record(subject, "A" if n % 2 else "B", n=n)
    assert [e.facts["n"] for e in queries.search_events(action="A")] == [3, 1]
    page = queries.search_events(limit=2)
    assert [e.facts["n"] for e in queries.search_events(limit=2, before_id=page[-1].id)] == [2, 1]
    assert queries.search_events(subject_kind="LOAN") == []
    assert len(queries.search_events(actor_name="wang", subject_kind="CASE", since=NOW)) == 5
    assert queries.search_events(until=NOW) == []
    assert [e.seq for e in queries.list_events(subject_kind="CASE", subject_id=subject, before_seq=3)] == [2, 1]
    assert queries.list_actions() == ["A", "B"]


def test_anchors_chain_and_cover_only_what_grew(tenant):
    one, two = uuid4(), uuid4()
    _record(one)
    first = make_anchor(on_date=date(2026, 11, 21), now=NOW)
    _record(one)
    _record(two)
    second = make_anchor(on_date=date(2026, 11, 22), now=NOW)
    empty = make_anchor(on_date=date(2026, 11, 23), now=NOW)
    assert [(a.chains_count, a.events_count) for a in (first, second, empty)] == [(1, 1), (2, 3), (0, 3)]
    assert bytes(second.prev_root) == bytes(first.root)
    assert make_anchor(on_date=date(2026, 11, 22), now=NOW).id == second.id
    assert verify().is_sound

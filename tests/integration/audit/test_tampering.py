"""S4: six attacks on the record are all found; two of them only because of the anchor."""

import random
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from tests.integration.audit.attacks import ATTACKS, as_owner, head_of, triggers_lifted

from qingshou.audit import verification as v
from qingshou.audit.actors import SYSTEM
from qingshou.audit.anchors import exported_anchors, make_anchor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record_many

NOW = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)
EVENTS_A_CHAIN = 6
ROUNDS = 100

EXPECTED = {
    "edit": {v.EVENT_ALTERED},
    "delete_middle": {v.EVENT_MISSING},
    "delete_tail": {v.ANCHORED_EVENT_MISSING, v.ANCHOR_DIFFERS},
    "swap": {v.EVENT_ALTERED, v.CHAIN_BROKEN},
    "insert": {v.EVENT_ALTERED, v.CHAIN_BROKEN},
    "rebuild": {v.ANCHOR_DIFFERS},
}


def _chains(count: int) -> list:
    subjects = [uuid4() for _ in range(count)]
    record_many(
        entries=[
            Entry("CASE", subject, "CASE_NOTED", {"step": step, "amount": f"{step}00.00", "who": "张三"})
            for step in range(EVENTS_A_CHAIN)
            for subject in subjects
        ],
        actor=SYSTEM,
        now=NOW,
    )
    return subjects


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_is_found_wherever_it_is_tried(committed, attack):
    """100 chains attacked one by one: each attack shows, and on its own chain."""
    subjects = _chains(ROUNDS)
    make_anchor(on_date=date(2026, 11, 22), now=NOW)
    assert v.verify().findings == ()
    random.Random(7).shuffle(subjects)
    for subject in subjects:
        with triggers_lifted() as cursor:
            ATTACKS[attack](cursor, head_of(cursor, committed.id, subject))
    found = v.verify().findings
    assert EXPECTED[attack] <= {finding.code for finding in found}
    if attack in ("edit", "delete_middle", "swap", "insert"):
        assert {finding.subject_id for finding in found if finding.subject_id} == set(subjects)
    if attack == "delete_tail":
        assert sum(finding.code == v.ANCHORED_EVENT_MISSING for finding in found) == ROUNDS


@pytest.mark.parametrize("attack", ["delete_tail", "rebuild"])
def test_without_an_anchor_a_cut_tail_and_a_rebuilt_chain_look_sound(committed, attack):
    """The negative control of the anchor: the chain alone cannot show these two."""
    (subject,) = _chains(1)
    with triggers_lifted() as cursor:
        ATTACKS[attack](cursor, head_of(cursor, committed.id, subject))
    assert v.verify().is_sound


def test_a_single_rebuilt_chain_among_many_is_found(committed):
    subjects = _chains(20)
    make_anchor(on_date=date(2026, 11, 22), now=NOW)
    with triggers_lifted() as cursor:
        ATTACKS["rebuild"](cursor, head_of(cursor, committed.id, subjects[3]))
    assert [finding.code for finding in v.verify().findings] == [v.ANCHOR_DIFFERS]


def test_a_record_rebuilt_together_with_its_anchors_shows_against_the_anchors_kept_elsewhere(committed):
    (subject,) = _chains(1)
    make_anchor(on_date=date(2026, 11, 22), now=NOW)
    kept = exported_anchors(lender=committed.code)["anchors"]
    with triggers_lifted() as cursor:
        ATTACKS["rebuild"](cursor, head_of(cursor, committed.id, subject))
        cursor.execute("DELETE FROM audit_auditanchorleaf WHERE tenant_id = %s", [committed.id])
        cursor.execute("DELETE FROM audit_auditanchor WHERE tenant_id = %s", [committed.id])
        cursor.execute("UPDATE audit_audithead SET anchored_seq = 0 WHERE tenant_id = %s", [committed.id])
    make_anchor(on_date=date(2026, 11, 22), now=NOW)
    assert v.verify().is_sound
    assert [finding.code for finding in v.verify(kept_anchors=kept).findings] == [v.KEPT_ANCHOR_DIFFERS]


def test_a_whole_record_deleted_shows_against_the_anchors_kept_elsewhere(committed):
    _chains(2)
    make_anchor(on_date=date(2026, 11, 22), now=NOW)
    kept = exported_anchors(lender=committed.code)["anchors"]
    with triggers_lifted() as cursor:
        for table in ("audit_auditevent", "audit_audithead", "audit_auditanchorleaf", "audit_auditanchor"):
            cursor.execute(f"DELETE FROM {table} WHERE tenant_id = %s", [committed.id])
    assert v.verify().is_sound
    assert [finding.code for finding in v.verify(kept_anchors=kept).findings] == [v.KEPT_ANCHOR_MISSING]


def test_the_owner_cannot_change_the_record_while_the_triggers_stand(committed):
    import psycopg

    _chains(1)
    for statement in (
        "UPDATE audit_auditevent SET facts = '{}'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "UPDATE audit_auditanchor SET root = ''",
    ):
        with as_owner() as opened:
            if "anchor" in statement:
                make_anchor(on_date=date(2026, 11, 22), now=NOW)
            with pytest.raises(psycopg.errors.RestrictViolation):
                opened.execute(statement)
            opened.rollback()

"""The bytes that are hashed never change: a record of today must verify in ten years."""

from datetime import UTC, datetime
from uuid import UUID

from qingshou.audit.canonical import canonical_facts, commitment, event_hash, genesis_hash, microseconds

TENANT = UUID("00000000-0000-0000-0000-000000000001")
CASE = UUID("00000000-0000-0000-0000-000000000002")
EVENT = {
    "prev_hash": bytes(32),
    "seq": 1,
    "at": datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC),
    "actor_kind": "USER",
    "actor_name": "wang",
    "actor_id": None,
    "action": "CASE_OPENED",
    "facts": '{"arrears":"123.45"}',
    "rule": "",
    "law": "",
    "document_hash": "",
}


def test_the_worked_example_of_the_manual():
    """docs/algorithms/audit-chain.md prints these."""
    assert genesis_hash(TENANT, "CASE", CASE).hex() == GENESIS
    assert event_hash(**EVENT).hex() == FIRST
    assert commitment(salt=bytes(16), name="old_phone", text="13800138000") == COMMITMENT


def test_no_two_fields_can_be_shifted_into_each_other():
    shifted = EVENT | {"action": "CASE_OPENE", "facts": 'D{"arrears":"123.45"}'}
    assert event_hash(**shifted) != event_hash(**EVENT)


def test_every_field_counts():
    changes = {
        "prev_hash": b"\x01" * 32, "seq": 2, "at": EVENT["at"].replace(microsecond=456788), "actor_kind": "SYSTEM",
        "actor_name": "li", "actor_id": CASE, "action": "X", "facts": "{}", "rule": "r", "law": "l",
        "document_hash": "d",
    }  # fmt: skip
    assert changes.keys() == EVENT.keys()
    hashes = {event_hash(**(EVENT | {name: value})) for name, value in changes.items()}
    assert len(hashes | {event_hash(**EVENT)}) == len(changes) + 1


def test_facts_have_one_spelling():
    assert canonical_facts({"b": 1, "a": "张"}) == canonical_facts({"a": "张", "b": 1}) == '{"a":"张","b":1}'


def test_microseconds_are_exact_far_from_now():
    assert microseconds(datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)) == 253402300799999999


GENESIS = "ac22b3e89050628900e6ba705c47bc5e42bdffd5a2cd8803cfd87126c14ecb00"
FIRST = "5c6e1955d1d5344fd904c40d96c8559c0c63399f111aac01dc0561fc397bda72"
COMMITMENT = "b2f9dfd834341b1602a4a851ca3ef4cd3600293a7968675aecce3f728875e6b8"

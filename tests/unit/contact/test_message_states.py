"""What may become of a message: acts by a table, reports joined in any order."""

import random
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.contact.rules.messages import (
    ACTS,
    LEFT,
    OPEN,
    OUTCOMES,
    REPORTED,
    Fate,
    Standing,
    State,
    Told,
    fate,
    joined,
    joined_all,
    may_become,
)
from qingshou.features.contact.rules.sending import pace

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)


def later(seconds: int) -> datetime:
    return AT + timedelta(seconds=seconds)


reports = st.builds(
    Told,
    state=st.sampled_from(REPORTED),
    at=st.integers(0, 20).map(later),
    error_code=st.sampled_from(["", "21610", "30003"]),
)
beginnings = st.sampled_from([State.QUEUED, State.SENDING, State.UNCERTAIN, State.CANCELLED]).map(
    lambda state: Standing(state, AT)
)


@settings(max_examples=60, deadline=None)
@given(beginning=beginnings, told=st.lists(reports, max_size=8), seed=st.integers(0, 2**32))
def test_reports_end_in_one_state_whatever_their_order_and_however_often(beginning, told, seed):
    ended = joined_all(beginning, told)
    chance = random.Random(seed)
    for _ in range(100):
        shuffled = [one for one in told for _ in range(chance.randint(1, 5))]
        chance.shuffle(shuffled)
        assert joined_all(beginning, shuffled) == ended


def test_without_ranks_the_order_would_decide():
    """Negative control: to let the last report win gives different ends."""
    told = [Told(State.DELIVERED, later(1)), Told(State.READ, later(2)), Told(State.SENT, later(0))]
    assert len({order[-1].state for order in permutations(told)}) == 3
    assert len({joined_all(Standing(State.SENDING, AT), order) for order in permutations(told)}) == 1


@pytest.mark.parametrize(
    ("had", "told", "ends"),
    [
        ("QUEUED", "SENT", "SENT"),  # put back, and yet the provider has it: never sent again
        ("SENDING", "DELIVERED", "DELIVERED"),  # the report overtook our own answer
        ("UNCERTAIN", "SENT", "SENT"),
        ("CANCELLED", "DELIVERED", "DELIVERED"),  # the truth, whatever we meant
        ("SENT", "FAILED", "FAILED"),
        ("FAILED", "SENT", "FAILED"),
        ("DELIVERED", "FAILED", "DELIVERED"),
        ("FAILED", "DELIVERED", "DELIVERED"),
        ("DELIVERED", "BOUNCED", "BOUNCED"),
        ("BOUNCED", "DELIVERED", "BOUNCED"),
        ("READ", "DELIVERED", "READ"),
        ("READ", "BOUNCED", "READ"),
        ("READ", "REPLIED", "REPLIED"),
        ("REPLIED", "READ", "REPLIED"),
    ],
)
def test_a_report_lifts_or_is_outranked(had, told, ends):
    assert joined(Standing(State(had), AT), Told(State(told), later(5))).state == ends


def test_instants_are_the_first_of_their_kind_and_an_error_goes_with_what_outranks_it():
    standing = joined_all(
        Standing(State.SENDING, AT),
        [Told(State.FAILED, later(3), "30003"), Told(State.DELIVERED, later(9)), Told(State.DELIVERED, later(7))],
    )
    assert standing == Standing(State.DELIVERED, later(7), "", later(7), later(7))


def test_what_is_no_report_is_refused():
    with pytest.raises(KeyError):
        joined(Standing(State.SENT, AT), Told(State.QUEUED, AT))


def test_what_our_acts_may_do():
    assert {(a, b) for a in State for b in State if may_become(a, b)} == {
        (State(a), State(b))
        for a, b in [
            ("QUEUED", "SENDING"), ("QUEUED", "CANCELLED"), ("QUEUED", "FAILED"),
            ("SENDING", "SENT"), ("SENDING", "DELIVERED"), ("SENDING", "QUEUED"), ("SENDING", "FAILED"),
            ("SENDING", "UNCERTAIN"), ("SENDING", "CANCELLED"),
            ("UNCERTAIN", "SENT"), ("UNCERTAIN", "DELIVERED"), ("UNCERTAIN", "QUEUED"), ("UNCERTAIN", "FAILED"),
        ]
    }  # fmt: skip


def test_every_state_is_open_or_an_end():
    assert set(ACTS) == OPEN
    assert OPEN | LEFT | {State.FAILED, State.CANCELLED} == set(State)
    assert set(OUTCOMES) == LEFT | {State.FAILED}


@pytest.mark.parametrize(
    ("is_allowed", "next_s", "not_after_s", "ends"),
    [
        (True, None, None, Fate.SEND),
        (True, None, 1, Fate.SEND),
        (True, None, 0, Fate.CANCEL),  # too late, however lawful
        (False, None, None, Fate.CANCEL),  # a stop
        (False, 60, None, Fate.LATER),  # quiet hours
        (False, 60, 61, Fate.LATER),
        (False, 60, 60, Fate.CANCEL),  # allowed only when it is too old
        (False, 3 * 86_400 - 1, None, Fate.LATER),
        (False, 3 * 86_400, None, Fate.CANCEL),
    ],
)
def test_what_becomes_of_a_message_judged_anew(is_allowed, next_s, not_after_s, ends):
    found = fate(
        is_allowed=is_allowed,
        next_at=None if next_s is None else later(next_s),
        now=AT,
        not_after_at=None if not_after_s is None else later(not_after_s),
        pace=pace(),
    )
    assert found == ends


def test_the_pace_leaves_room_for_an_answer():
    values = pace()
    assert values.send_s_max < values.lease_s
    assert [values.wait_before_try(tries) for tries in (0, 1, 2, 7, 99)] == [30, 30, 60, 3600, 3600]
    assert [values.wait_before_asking(uncertain_s) for uncertain_s in (0, 29, 30, 899, 9999)] == [30, 30, 60, 900, 3600]

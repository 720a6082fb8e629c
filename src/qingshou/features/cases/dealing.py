"""Dealing cases out: who takes which, by role, skill, branch and capacity.

Pure and deterministic: the same cases and people give the same hands.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

# why a case went where it went
LEAST_LOADED = "LEAST_LOADED"
SKILLED = "SKILLED"
OF_THE_BRANCH = "OF_THE_BRANCH"
NOBODY_FREE = "NOBODY_FREE"

FALLBACK_ROLES = ("TEAM_LEAD", "ADMINISTRATOR")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may own cases: what for, how many, and how many already."""

    user_id: UUID
    username: str
    role: str
    capacity_cases: int
    load_cases: int = 0
    branch: str = ""
    skills: frozenset[str] = frozenset()
    is_present: bool = True
    display_name: str = ""

    @property
    def name(self) -> str:
        """What the person is called; the sign-in name where none is told."""
        return self.display_name or self.username


@dataclass(frozen=True, slots=True)
class ToDeal:
    """A case that needs somebody, in the order of the queue."""

    case_id: UUID
    role: str
    stage: str
    severity: str
    product: str
    branch: str


@dataclass(frozen=True, slots=True)
class Dealt:
    """Who gets a case, and why this person: the reason, and the load the choice was made on."""

    case_id: UUID
    owner_id: UUID
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_unassigned(self) -> bool:
        """True where nobody was free and the case waits with whoever assigns."""
        return self.reason == NOBODY_FREE


def deal(cases: Sequence[ToDeal], people: Sequence[Person]) -> list[Dealt]:
    """Give each case to the fitting person with the lowest share of capacity used; ties by sign-in name.

    Takes   cases   first come, first dealt: give them in the order of the queue
    Gives   list    one a case, in the same order; where nobody is free, a team lead or administrator holds it.
                    Empty people give no hands: the caller refuses before it comes to that
    """
    loads = {person.user_id: person.load_cases for person in people}
    hands: dict[tuple[str, ...], list[tuple[int, str, Person]]] = {}
    # whoever fits the same cases is looked for in one heap: with a heap for each kind of case, most entries are stale
    shared: dict[tuple[str, ...], list[tuple[int, str, Person]]] = {}
    holders: dict[str, Person | None] = {}
    dealt: list[Dealt] = []
    for case in cases:
        key = (case.role, case.stage, case.severity, case.product, case.branch)
        if key not in hands:
            fitting = [one for one in people if _fits(one, case)]
            names = tuple(one.username for one in fitting)
            if names not in shared:
                shared[names] = [_place(one, loads) for one in fitting]
                heapq.heapify(shared[names])
            hands[key] = shared[names]
        chosen = _lowest(hands[key], loads)
        if chosen is None:
            if case.branch not in holders:
                holders[case.branch] = _holder(people, case.branch)
            holder = holders[case.branch]
            if holder is not None:
                dealt.append(Dealt(case.case_id, holder.user_id, NOBODY_FREE, {"role": case.role}))
            continue
        facts = {"load_cases": loads[chosen.user_id], "capacity_cases": chosen.capacity_cases}
        loads[chosen.user_id] += 1
        heapq.heapreplace(hands[key], _place(chosen, loads))
        dealt.append(Dealt(case.case_id, chosen.user_id, _reason(chosen, case), facts))
    return dealt


def _fits(person: Person, case: ToDeal) -> bool:
    if not person.is_present or person.role != case.role:
        return False
    if person.branch and case.branch and person.branch != case.branch:
        return False
    return not person.skills or bool(person.skills & {case.product, case.severity, case.stage})


def _reason(person: Person, case: ToDeal) -> str:
    if person.skills:
        return SKILLED
    return OF_THE_BRANCH if person.branch and person.branch == case.branch else LEAST_LOADED


def _place(person: Person, loads: Mapping[UUID, int]) -> tuple[int, str, Person]:
    """Order by the share of capacity used, in millionths, then by name."""
    capacity = max(1, person.capacity_cases)
    return loads[person.user_id] * 1_000_000 // capacity, person.username, person


def _lowest(hand: list[tuple[int, str, Person]], loads: Mapping[UUID, int]) -> Person | None:
    """Return the least loaded person of a hand with room, correcting entries that other hands have outdated."""
    while hand:
        share, _, person = hand[0]
        current = _place(person, loads)
        if loads[person.user_id] >= person.capacity_cases:
            heapq.heappop(hand)
        elif current[0] != share:
            heapq.heapreplace(hand, current)
        else:
            return person
    return None


def _holder(people: Sequence[Person], branch: str) -> Person | None:
    """Return who holds what could not be dealt: a team lead of the branch, then any, then an administrator."""
    candidates = [person for person in people if person.role in FALLBACK_ROLES]
    candidates.sort(
        key=lambda one: (
            FALLBACK_ROLES.index(one.role),
            not one.is_present,
            one.branch not in (branch, ""),
            one.branch != branch,
            one.username,
        )
    )
    return candidates[0] if candidates else None

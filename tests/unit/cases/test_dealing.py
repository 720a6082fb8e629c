"""Dealing: by role, skill, branch and capacity; the same cases and people give the same hands."""

from uuid import UUID, uuid5

from qingshou.features.cases.dealing import LEAST_LOADED, NOBODY_FREE, OF_THE_BRANCH, SKILLED, Person, ToDeal, deal

SPACE = UUID(int=0)


def person(name: str, role: str = "COLLECTOR", capacity: int = 10, **more: object) -> Person:
    return Person(uuid5(SPACE, name), name, role, capacity, **more)  # type: ignore[arg-type]


def case(number: int, role: str = "COLLECTOR", product: str = "CARD", branch: str = "") -> ToDeal:
    return ToDeal(UUID(int=number), role, "FIRST_CONTACT", "MILD", product, branch)


def names(dealt: list, people: list[Person]) -> list[str]:
    by_id = {one.user_id: one.username for one in people}
    return [by_id[one.owner_id] for one in dealt]


def test_the_least_loaded_by_share_of_capacity_comes_first() -> None:
    people = [person("a", capacity=10, load_cases=5), person("b", capacity=100, load_cases=20)]
    dealt = deal([case(1), case(2)], people)
    assert names(dealt, people) == ["b", "b"]
    assert dealt[0].reason == LEAST_LOADED
    assert dealt[0].facts == {"load_cases": 20, "capacity_cases": 100}


def test_many_cases_are_spread_evenly_and_always_alike() -> None:
    people = [person(name) for name in "abcd"]
    cases = [case(number) for number in range(20)]
    first = names(deal(cases, people), people)
    assert sorted(first) == sorted(list("abcd") * 5)
    assert names(deal(cases, list(reversed(people))), people) == first


def test_who_is_full_or_away_gets_nothing() -> None:
    people = [person("a", capacity=1), person("b", is_present=False), person("lead", role="TEAM_LEAD")]
    dealt = deal([case(1), case(2)], people)
    assert names(dealt, people) == ["a", "lead"]
    assert dealt[1].reason == NOBODY_FREE
    assert dealt[1].is_unassigned


def test_skill_and_branch_decide_who_fits() -> None:
    people = [
        person("cards", skills=frozenset({"CARD"})),
        person("homes", skills=frozenset({"MORTGAGE"})),
        person("north", branch="NORTH", load_cases=9),
        person("lead", role="TEAM_LEAD"),
    ]
    dealt = deal([case(1), case(2, product="MORTGAGE"), case(3, product="MICRO", branch="NORTH")], people)
    assert names(dealt, people) == ["cards", "homes", "north"]
    assert [one.reason for one in dealt] == [SKILLED, SKILLED, OF_THE_BRANCH]


def test_of_another_branch_nobody_fits() -> None:
    people = [person("north", branch="NORTH"), person("lead", role="TEAM_LEAD")]
    assert names(deal([case(1, branch="SOUTH")], people), people) == ["lead"]


def test_the_branch_lead_holds_before_others_and_an_administrator_last() -> None:
    leads = [person("lead-a", role="TEAM_LEAD"), person("lead-n", role="TEAM_LEAD", branch="NORTH")]
    admin = person("admin", role="ADMINISTRATOR")
    assert names(deal([case(1, branch="NORTH")], [*leads, admin]), leads) == ["lead-n"]
    assert names(deal([case(1, branch="SOUTH")], [*leads, admin]), leads) == ["lead-a"]
    assert names(deal([case(1)], [admin]), [admin]) == ["admin"]


def test_with_nobody_there_nothing_is_dealt() -> None:
    assert deal([case(1)], [person("legal", role="LEGAL_OFFICER")]) == []


def test_two_kinds_of_case_share_one_persons_room() -> None:
    people = [person("a", capacity=2), person("lead", role="TEAM_LEAD")]
    dealt = deal([case(1, product="CARD"), case(2, product="AUTO"), case(3, product="CARD")], people)
    assert names(dealt, people) == ["a", "a", "lead"]

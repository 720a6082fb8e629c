"""`qingshou law limitation` and `card-plan` answer what the rules answer, and refuse what they refuse."""

import json

import pytest
from typer.testing import CliRunner

from qingshou.interfaces.commands.law import app


def asked(options):
    result = CliRunner().invoke(app, [*options.split(), "--json"])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize(
    ("options", "effect", "old", "new"),
    [
        ("--event PART_PAYMENT --due 2021-03-15 --on 2024-03-15", "RESTARTS", "2024-03-15", "2027-03-15"),
        ("--event asked-for-time --due 2021-03-15 --on 2024-03-15", "RESTARTS", "2024-03-15", "2027-03-15"),
        ("--event DEMAND_ARRIVED --due 2021-03-15 --on 2024-03-16", "STAYS_EXPIRED", "2024-03-15", None),
        ("--event SIGNED_DEMAND --due 2021-03-15 --on 2024-03-16", "EXPIRY_WAIVED", "2024-03-15", "2027-03-16"),
        ("--event SIGNED_DEMAND --due 2021-03-15 --on 2024-03-16 --no-agreement", "STAYS_EXPIRED", "2024-03-15", None),
        (
            "--event PART_PAYMENT --due 2021-03-15 --on 2024-03-16 --restarted 2022-05-05",
            *("RESTARTS", "2025-05-06", "2027-03-16"),
        ),
        (
            "--event PLAN_ACCEPTED --due 2018-03-15 --on 2024-03-15 --jurisdiction GB",
            *("RESTARTS", "2024-03-15", "2030-03-15"),
        ),
        (
            "--event PLAN_ACCEPTED --due 2018-03-15 --on 2024-03-15 --jurisdiction uk --unsigned",
            *("NO_EFFECT", "2024-03-15", "2024-03-15"),
        ),
        (
            "--event PART_PAYMENT --due 2018-03-15 --on 2023-03-16 --jurisdiction uk --region scotland",
            *("STAYS_EXPIRED", "2023-03-15", None),
        ),
        ("--event PART_PAYMENT --due 2018-03-15 --on 2023-03-16 --jurisdiction us", "UNCLEAR", None, None),
    ],
)
def test_limitation(options, effect, old, new):
    code, found = asked(f"limitation {options}")
    assert code == 0
    assert (found["effect"], found["old_last_date"], found["new_last_date"]) == (effect, old, new)
    assert all(one["words"] != one["code"] for one in found["reasons"])


@pytest.mark.parametrize(
    ("options", "answer", "codes"),
    [
        ("--months 60 --on 2026-11-23", "ALLOWED", ["PLAN_TERM_WITHIN", "PLAN_STOPS_COLLECTION"]),
        ("--months 61 --on 2026-11-23", "REFUSED", ["PLAN_TOO_LONG"]),
        ("--months 60 --on 2026-11-23 --can-pay --unwilling", "REFUSED", ["PLAN_NOT_NEEDED", "HOLDER_NOT_WILLING"]),
        ("--months 9 --on 2026-11-23 --states BALANCE,SCHEDULE,FEES", "REFUSED", ["PLAN_DOES_NOT_STATE"]),
    ],
)
def test_card_plan(options, answer, codes):
    code, found = asked(f"card-plan {options}")
    assert (code, found["answer"], [one["code"] for one in found["reasons"]]) == (0, answer, codes)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("limitation --event TEA --due 2021-03-15 --on 2024-03-15", 65),
        ("limitation --event PART_PAYMENT --due 2021-03-15 --on 2024-03-15 --jurisdiction taiwan", 69),
        ("limitation --event PART_PAYMENT --due 2017-09-30 --on 2020-10-01", 69),
        ("card-plan --months 0 --on 2026-11-23", 65),
        ("card-plan --months 12 --on 2011-01-12", 69),
    ],
)
def test_refusals(options, code):
    assert asked(options)[0] == code


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("limitation --event PART_PAYMENT --due 2021-03-15 --on 2024-03-15", ["RESTARTS", "2024-03-15", "2027-03-15"]),
        ("card-plan --months 61 --on 2026-11-23", ["REFUSED", "61 months, at most 60"]),
    ],
)
def test_people_are_told_in_words(options, words):
    shown = CliRunner().invoke(app, options.split(), env={"COLUMNS": "160", "NO_COLOR": "1"}).stdout
    for one in words:
        assert one in shown

"""`qingshou law contact` from the outside: files of every shape, refusals, hours, rules, questions."""

import ast
import json
from datetime import date

import pytest
from tests.spec.law.tables import HERE
from typer.testing import CliRunner

from qingshou.interfaces.commands.law import app
from qingshou.interfaces.commands.law_words import REASONS
from qingshou.law.contact.door import contact_law, places, regions
from qingshou.law.values import LAW_DIR

GIVEN = HERE / "cases/reg_f_examples.json"


def run(*line):
    return CliRunner().invoke(app, ["contact", *map(str, line)], env={"COLUMNS": "180", "NO_COLOR": "1"})


def answered(*line):
    result = run(*line, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def written(tmp_path, given):
    path = tmp_path / "events.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    return path


def call(day="2022-04-04", clock="10:00", **more):
    return {"date": day, "time": clock, "channel": "call", "direction": "outbound", "placed_by": "A",
            "number": "cell", "debts": ["D1"], "outcome": "no_answer", **more}  # fmt: skip


def test_the_given_file_agrees_in_everything():
    found = answered("replay", GIVEN, "--jurisdiction", "us")
    # 114 calls, and the one summary that the file expects; its questions in words are listed, not guessed
    assert {name: found[name] for name in ("judged", "agreed", "differ", "not_judged")} == {
        "judged": 114, "agreed": 115, "differ": 0, "not_judged": 14,
    }  # fmt: skip
    assert found["jurisdiction"] == "us"
    last = found["cases"][3]["events"][-1]
    assert (last["verdict"], last["expected"], last["agrees"]) == ("presumed_violation", "presumed_violation", True)
    assert last["reasons"] == [
        {
            "code": "CALLS_OVER_MOST",
            "words": "call 8 in 7 days, at most 7",
            "fields": {"debt": "D1", "count": 8, "most": 7, "days": 7, "from_date": "2022-04-04"},
            "article": {"instrument": "us.reg_f", "article": "1006.14(b)(2)(i)(A)", "confidence": "read"},
        }
    ]
    assert found["cases"][2]["summary"]["rebuttal_flag_on"] == "2022-04-04"
    assert found["questions"][0]["why_not_judged"]
    spoken = run("replay", GIVEN, "--jurisdiction", "us")
    assert spoken.exit_code == 0
    assert "115 agreed, 0 differ" in spoken.stdout
    assert "may rebut compliance: 2022-04-04 7 calls on one day" in spoken.stdout


@pytest.mark.parametrize("shape", ["events", "case", "cases", "file", "wrapped"])
def test_every_shape_of_file(tmp_path, shape):
    events = [call(clock=f"{hour}:00", expected="presumed_compliant") for hour in range(10, 17)]
    events.append(call(day="2022-04-05", expected="presumed_compliant"))
    case = {"id": "X", "debts": {"D1": {}}, "events": events}
    given = {"events": events, "case": case, "cases": [case, case], "file": {"frequency_cases": [case]},
             "wrapped": {"cases": [case]}}[shape]  # fmt: skip
    found = answered("replay", written(tmp_path, given), "--jurisdiction", "us")
    times = 2 if shape == "cases" else 1
    assert (found["judged"], found["agreed"], found["differ"]) == (8 * times, 7 * times, times)
    assert found["cases"][0]["events"][-1]["verdict"] == "presumed_violation"
    assert found["cases"][0]["events"][-1]["agrees"] is False


def test_questions_with_their_facts_are_judged(tmp_path):
    given = {
        "frequency_cases": [{"id": "X", "events": [call()]}],
        "other_cases": [
            {"id": "Q1", "ask": "hours", "local_time": "21:00", "on": "2022-04-04", "expected": "blocked"},
            {"id": "Q2", "ask": "hours", "local_time": "20:59", "on": "2022-04-04", "expected": "blocked"},
        ],
    }
    found = answered("replay", written(tmp_path, given), "--jurisdiction", "us")
    assert [one["agrees"] for one in found["questions"]] == [True, False]
    assert (found["agreed"], found["differ"], found["judged"]) == (1, 1, 3)


def test_massachusetts_is_judged_beside_regulation_f(tmp_path):
    path = written(tmp_path, [call(clock=f"{hour}:00") for hour in (10, 11, 12)])
    events = answered("replay", path, "--jurisdiction", "us", "--region", "MA")["cases"][0]["events"]
    assert [one["verdict"] for one in events] == ["presumed_compliant"] * 3
    assert [one["region_verdict"] for one in events] == ["allowed", "allowed", "refused"]
    assert events[2]["region_reasons"][0]["article"]["instrument"] == "us.massachusetts_debt"
    creditor = answered("replay", path, "--jurisdiction", "us", "--region", "MA", "--collector-kind", "CREDITOR")
    assert [one["verdict"] for one in creditor["cases"][0]["events"]] == ["allowed", "allowed", "refused"]


def test_other_places_are_judged_by_their_own_counters(tmp_path):
    dials = [call("2026-11-23", f"{hour}:00", expected="allowed") for hour in range(10, 16)]
    late = call("2026-11-23", "22:00", expected="refused")
    found = answered("replay", written(tmp_path, [*dials, late]), "--jurisdiction", "china")
    assert (found["agreed"], found["differ"]) == (7, 0)
    codes = [one["code"] for one in found["cases"][0]["events"][-1]["reasons"]]
    assert codes == ["OUTSIDE_HOURS", "OUTSIDE_HOURS", "DIALS_A_DAY"]


def test_consent_opens_the_hours_where_the_text_says_so(tmp_path):
    asked = {**call("2026-11-23", "20:00", outcome="received"), "direction": "inbound", "channel": "sms"}
    late = call("2026-11-23", "22:30")
    for extra, verdict in (({"consent_for": ["D1"]}, "allowed"), ({}, "refused")):
        path = written(tmp_path, [{**asked, **extra}, late])
        found = answered("replay", path, "--jurisdiction", "china")
        assert found["cases"][0]["events"][1]["verdict"] == verdict


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ([call(date="2022-13-01"), call(outcome=""), call(channel="pigeon")], 65,
         ["events[0].date", "events[1].outcome", "events[2].channel"]),
        ([call(day="2021-11-29")], 69, ["NOT_COVERED"]),
        ([], 65, ["no event"]),
        ("text", 65, ["neither a list nor an object"]),
        ([{"id": "A", "events": [call(debts=["D9"])], "debts": {"D1": {}}}], 65, ["A events[0].debts", "D9"]),
    ],
)  # fmt: skip
def test_bad_files_are_refused_with_every_fault(tmp_path, given, code, words):
    path = written(tmp_path, given)
    result = run("replay", path, "--jurisdiction", "us", "--json")
    assert result.exit_code == code
    problem = json.loads(result.stdout)
    spoken = run("replay", path, "--jurisdiction", "us")
    for one in words:
        assert one in problem["title"] + problem["type"]
        assert one in spoken.stderr.replace("\n", " ")


def test_files_that_cannot_be_read(tmp_path):
    assert run("replay", tmp_path / "none.json", "--jurisdiction", "us").exit_code == 66
    (tmp_path / "x.json").write_text('[{"date": ', encoding="utf-8")
    result = run("replay", tmp_path / "x.json", "--jurisdiction", "us")
    assert result.exit_code == 65
    assert "line 1, column" in result.stderr
    (tmp_path / "y.json").write_bytes(b"[\xff]")
    assert run("replay", tmp_path / "y.json", "--jurisdiction", "us").exit_code == 65
    assert run("replay", GIVEN, "--jurisdiction", "atlantis").exit_code == 65
    assert run("replay", GIVEN, "--jurisdiction", "us", "--region", "Masachusets").exit_code == 65


@pytest.mark.parametrize(
    ("line", "is_open", "opens"),
    [
        ("--jurisdiction china --at 2026-11-23T21:59 --zone Asia/Shanghai", True, None),
        ("--jurisdiction china --at 2026-11-23T22:00 --zone Asia/Shanghai", False, "2026-11-24T08:00+08:00"),
        ("--jurisdiction china --at 2026-11-23T14:00+00:00 --zone Asia/Shanghai", False, "2026-11-24T08:00+08:00"),
        ("--jurisdiction us --at 2026-11-23T21:00 --zone America/New_York", False, "2026-11-24T08:01-05:00"),
        ("--jurisdiction brazil --region SP --at 2026-11-28T14:00 --zone America/Sao_Paulo", False,
         "2026-11-30T08:00-03:00"),
        ("--jurisdiction indonesia --at 2026-12-24T20:00 --zone Asia/Jakarta", False, "2026-12-26T08:00+07:00"),
        ("--jurisdiction brazil --region rio+de+janeiro --at 2026-11-27T19:00 --zone America/Sao_Paulo", False,
         "2026-11-30T09:00-03:00"),
        ("--jurisdiction uk --at 2026-11-23T03:00 --zone Europe/London", True, None),
        ("--jurisdiction us --channel POST --at 2026-11-23T23:00 --zone America/New_York", True, None),
    ],
)  # fmt: skip
def test_hours(line, is_open, opens):
    found = answered("hours", *[part.replace("+de+", " de ") for part in line.split()])
    assert (found["open"], found["next_opening"]) == (is_open, opens)
    assert bool(found["reasons"]) is not is_open
    spoken = run("hours", *[part.replace("+de+", " de ") for part in line.split()])
    assert ("open" if is_open else "closed") in spoken.stdout


@pytest.mark.parametrize(
    "line",
    [
        "hours --jurisdiction china --at noon --zone Asia/Shanghai",
        "hours --jurisdiction china --at 2026-11-23T21:59 --zone Mars/Olympus",
        "hours --jurisdiction china --at 2026-11-23T21:59 --zone Asia/Shanghai --channel DRUM",
        "rules --jurisdiction china --on 2026-02-30",
        "rules --jurisdiction us --on 2026-11-23 --collector-kind FRIEND",
        "rules --jurisdiction india --on 2026-11-23 --draft india.nothing",
        "ask weather --fact on=2022-04-04",
        "ask hours --fact 2022",
    ],
)
def test_wrong_questions_are_refused(line):
    result = run(*line.split(), "--json")
    assert result.exit_code == 65
    assert json.loads(result.stdout)["type"] == "BAD_INPUT"


def test_rules_mark_what_is_unverified():
    found = answered("rules", "--jurisdiction", "korea", "--on", "2026-11-23")
    assert {one["article"] for one in found["unverified"]} == {"Act"}
    assert "UNVERIFIED" in run("rules", "--jurisdiction", "korea", "--on", "2026-11-23").stdout
    us = answered("rules", "--jurisdiction", "us", "--on", "2026-11-23")
    assert us["unverified"] == []
    assert us["hours"][0]["windows"]["SUNDAY"] == {"opens": "08:00", "closes": "21:00", "opens_after": True}
    assert us["caps"][0]["not_counted"] == ["BUSY", "NOT_IN_SERVICE", "RELEASED"]
    assert us["text_consent_days"] == 60
    assert set(us["stops"]) == {
        "CEASE",
        "REPRESENTED",
        "WORKPLACE",
        "CHANNEL",
        "DISPUTE",
        "BANKRUPTCY",
        "THIRD_REFUSED",
    }
    assert answered("rules", "--jurisdiction", "us", "--on", "2026-11-23", "--collector-kind", "CREDITOR")["caps"] == []
    plain = answered("rules", "--jurisdiction", "india", "--on", "2026-11-23")
    line = ("rules", "--jurisdiction", "india", "--on", "2026-11-23", "--draft", "india.rbi_conduct_draft")
    assert len(answered(*line)["hours"]) == len(plain["hours"]) + 1


@pytest.mark.parametrize("place", places())
def test_every_place_can_be_shown(place):
    for region in ("", *regions(place)):
        result = run("rules", "--jurisdiction", place, "--on", "2026-11-23", "--region", region)
        assert result.exit_code == 0, result.output


def test_places_and_a_question():
    assert {one["jurisdiction"] for one in answered("places")} == set(places())
    assert "AL, AM, ES, RJ, SP" in run("places").stdout
    found = answered("ask", "validation", "--fact", "sent=2022-04-04")
    assert found["answer"] == {"assumed_receipt_earliest": "2022-04-11", "validation_period_end": "2022-05-11"}
    zones = "zones=America/New_York,America/Los_Angeles"
    spoken = run("ask", "hours_in_zones", "--fact", "at=2022-04-04T10:30-04:00", "--fact", zones)
    assert "blocked" in spoken.stdout
    assert "2022-05-11" in run("ask", "validation", "--fact", "sent=2022-04-04").stdout


def test_every_code_of_contact_law_has_words():
    codes = set()
    for path in [*LAW_DIR.glob("contact/*.py"), *LAW_DIR.glob("us/reg_f/*.py")]:
        for made in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(made, ast.Call) and getattr(made.func, "id", "") in {"Reason", "_reason", "_say"}:
                codes |= {
                    one.value for one in made.args[:2] if isinstance(one, ast.Constant) and str(one.value).isupper()
                }
    for place in places():
        for region in ("", *regions(place)):
            law = contact_law(jurisdiction=place, region=region, on=date(2026, 11, 23))
            codes |= {one.code for group in (law.caps, law.quiets, law.gaps, law.one_channel) for one in group}
    assert len(codes) > 40
    assert codes - REASONS.keys() == set()

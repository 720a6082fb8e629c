"""`qingshou law` from the outside: answers, refusals with exit codes, words for every code, the register."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qingshou.interfaces.commands.law import app
from qingshou.interfaces.commands.law_words import CLASSES, REASONS
from qingshou.law.classification import jurisdictions, ordered_classes
from qingshou.law.values import LAW_DIR, all_instruments

PAGE = Path(__file__).resolve().parents[3] / "docs/reference/law-coverage.md"


def run(line):
    return CliRunner().invoke(app, line.split(), env={"COLUMNS": "160", "NO_COLOR": "1"})


def answer(line):
    result = run(f"{line} --json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_classify_answers_with_class_reasons_articles_and_confidence():
    found = answer("classify --jurisdiction china --overdue-days 91 --on 2024-01-01")
    article = {"instrument": "china.classification_2023", "article": "11", "confidence": "secondary"}
    assert found == {
        "jurisdiction": "china",
        "on": "2024-01-01",
        "class": "SUBSTANDARD",
        "is_non_performing": True,
        "confidence": "secondary",
        "reasons": [
            {
                "code": "OVERDUE_DAYS",
                "words": "91 days overdue",
                "fields": {"class": "SUBSTANDARD", "overdue_days": 91, "min_overdue_days": 91},
                "article": article,
            }
        ],
        "articles": [article],
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--jurisdiction china --overdue-days 121 --product CARD", "DOUBTFUL"),
        ("--jurisdiction china --overdue-days 0 --impaired", "SUBSTANDARD"),
        ("--jurisdiction china --overdue-days 0 --borrower-kind CORPORATE --own-share 0.11", "SUBSTANDARD"),
        ("--jurisdiction china --overdue-days 0 --borrower-kind CORPORATE --all-banks-share 0.21", "SUBSTANDARD"),
        ("--jurisdiction china --overdue-days 0 --restructured-date 2023-08-01", "SPECIAL_MENTION"),
        ("--jurisdiction china --overdue-days 0 --previous-class LOSS", "SUBSTANDARD"),
        ("--jurisdiction china --overdue-days 0 --previous-class LOSS --clean-since 2023-07-01", "NORMAL"),
        ("--jurisdiction taiwan --overdue-days 91 --secured", "II"),
        ("--jurisdiction taiwan --due 2023-09-30", "III"),
        ("--jurisdiction india --due 2024-01-01", "SMA0"),
        ("--jurisdiction eu --overdue-days 91 --arrears 100 --exposure 5000", "PERFORMING"),
        ("--jurisdiction eu --overdue-days 0 --own-share 0.21", "NON_PERFORMING"),
        ("--jurisdiction china --overdue-days 0 --fact is_evading=true", "DOUBTFUL"),
        ("--jurisdiction china --overdue-days 0 --fact is_evading=true --fact is_in_liquidation=true", "LOSS"),
        ("--jurisdiction china --overdue-days 0 --fact expected_loss_share=0.9", "LOSS"),
        ("--jurisdiction eu --overdue-days 91 --fact material_overdue_days=89", "PERFORMING"),
        (
            "--jurisdiction china --overdue-days 0 --restructured-date 2022-08-01"
            " --fact missed_payment_dates=2022-09-01,2023-02-01",
            "SPECIAL_MENTION",
        ),
    ],
)
def test_classify_takes_every_fact(options, expected):
    assert answer(f"classify {options} --on 2024-01-01")["class"] == expected


@pytest.mark.parametrize(
    ("line", "code", "exit_code"),
    [
        ("classify --jurisdiction china --overdue-days 91 --on 1999-01-01", "NOT_COVERED", 69),
        ("classify --jurisdiction atlantis --overdue-days 91 --on 2024-01-01", "BAD_INPUT", 65),
        ("classify --jurisdiction china --on 2024-01-01", "BAD_INPUT", 65),
        ("classify --jurisdiction china --overdue-days 91 --on 2024-02-30", "BAD_INPUT", 65),
        ("classify --jurisdiction china --overdue-days 1 --previous-class NPA --on 2024-01-01", "BAD_INPUT", 65),
        ("classify --jurisdiction eu --overdue-days 91 --arrears NaN --exposure 1 --on 2024-01-01", "BAD_INPUT", 65),
        ("classify --jurisdiction china --overdue-days 0 --on 2024-01-01 --fact colour=red", "BAD_INPUT", 65),
        ("classify --jurisdiction china --overdue-days 0 --on 2024-01-01 --fact is_evading=yes", "BAD_INPUT", 65),
        (
            "classify --jurisdiction china --overdue-days 0 --on 2024-01-01 --fact payment_period_months=-1",
            "BAD_INPUT",
            65,
        ),
        ("ladder --jurisdiction china --on 1999-01-01", "NOT_COVERED", 69),
        ("coverage --jurisdiction atlantis", "BAD_INPUT", 65),
        ("deadline --from 2024-01-01", "BAD_INPUT", 65),
        ("day --on 2027-01-01", "NOT_COVERED", 69),
        ("breathing-space --entered 9999-12-30", "BAD_INPUT", 65),
        ("breathing-space --entered 2021-05-03", "NOT_COVERED", 69),
        (
            "penalty-interest --principal 1 --contract-rate 9 --contract-date 2018-01-01"
            " --from 2018-01-01 --until 2218-12-31 --compound-penalty",
            "BAD_INPUT",
            65,
        ),
        ("lpr --on 2019-08-19", "NOT_COVERED", 69),
        (
            "penalty-interest --principal 1e5 --contract-rate 0.06 --contract-date 2018-01-01"
            " --from 2024-01-01 --until 2024-01-31",
            "BAD_INPUT",
            65,
        ),
    ],
)
def test_a_refusal_has_its_exit_code_and_a_problem_for_machines(line, code, exit_code):
    result = run(f"{line} --json")
    assert result.exit_code == exit_code
    problem = json.loads(result.stdout)
    assert problem["type"] == code
    assert problem["title"].endswith(".")
    spoken = run(line)
    assert spoken.exit_code == exit_code
    assert code in spoken.stderr
    assert spoken.stdout == ""


def test_unverified_is_marked_as_such_in_words():
    assert "UNVERIFIED" in run("classify --jurisdiction hongkong --overdue-days 91 --on 2024-01-01").stdout
    assert "UNVERIFIED" not in run("classify --jurisdiction hongkong --overdue-days 1 --on 2024-01-01").stdout


def test_the_other_questions():
    assert [rung["min_overdue_days"] for rung in answer("ladder --jurisdiction us --on 2024-01-01")] == [0, 90, 120]
    found = answer("deadline --from 2024-09-23 --days 8")
    assert (found["last_date"], found["counted_date"], found["is_rolled"]) == ("2024-10-08", "2024-10-01", True)
    assert answer("deadline --from 2024-09-23 --days 8 --no-roll")["last_date"] == "2024-10-01"
    assert answer("deadline --from 2024-01-30 --months 1")["last_date"] == "2024-02-29"
    assert answer("day --on 2024-10-12")["is_workday"] is True
    assert answer("provisions --jurisdiction china --on 2024-01-01")["rates"]["DOUBTFUL"] == "0.50"
    assert "No provision table" in run("provisions --jurisdiction eu --on 2024-01-01").stdout
    assert answer("stage --overdue-days 31 --on 2024-01-01")["stage"] == 2
    assert answer("breathing-space --entered 2022-04-04")["last_date"] == "2022-06-03"
    assert answer("garnishment --disposable 250 --on 2024-01-01")["weekly_max"] == "32.50"
    assert answer("lpr --on 2024-01-01")["rates"] == [
        {"date": "2024-01-01", "rate": "0.0345", "confidence": "secondary"}
    ]
    assert len(answer("lpr")["rates"]) == 13
    assert answer("lpr --over-five-years")["rates"][-1]["rate"] == "0.035"


def test_penalty_interest():
    line = "penalty-interest --principal 100000 --interest 2000 --contract-rate 0.06 --contract-date 2018-01-01"
    found = answer(f"{line} --from 2024-01-01 --until 2024-01-31")
    assert (found["rate"], found["on_principal"], found["on_interest"]) == ("0.0900", "750.00", "15.00")
    assert (found["cap_amount"], found["payable"]) == ("2000.00", "765.00")
    assert answer(f"{line} --from 2024-01-01 --until 2024-01-31 --misuse --uplift 1.00")["rate"] == "0.1200"
    assert "12.00%" in run(f"{line} --from 2024-01-01 --until 2024-01-31 --misuse --uplift 1.00").stdout


def test_coverage_lists_every_text_and_says_how_sure():
    rows = answer("coverage")
    assert {row["instrument"] for row in rows} == {law.id for law in all_instruments()}
    assert all(row["article"] and row["confidence"] and row["from_date"] for row in rows)
    spoken = run("coverage").stdout
    assert all(law.id in spoken for law in all_instruments())
    assert {row["jurisdiction"] for row in answer("coverage --jurisdiction taiwan")} == {"taiwan"}
    assert "substandard_overdue" in run("coverage --jurisdiction china --values").stdout


def test_the_page_of_what_is_covered_is_the_register_itself():
    assert run("coverage --markdown").stdout == PAGE.read_text(encoding="utf-8")


def test_every_class_and_every_code_of_the_law_has_words():
    assert {code for place in jurisdictions() for code in ordered_classes(place)} <= CLASSES.keys()
    # Shown by commands: the reasons of classes, deadlines, days, caps and penalty interest.
    shown = [path for path in LAW_DIR.glob("*/*/rules.py") if path.parts[-3] != "uk"]
    codes = set()
    for path in [*shown, LAW_DIR / "jurisdiction.py", LAW_DIR / "china/penalty_interest.py"]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"floor", "RateCap"}:
                place = 1
                if len(call.args) > place and isinstance(call.args[place], ast.Constant):
                    codes.add(call.args[place].value)
    assert len(codes) > 25
    assert codes - REASONS.keys() == set()


def test_it_runs_alone():
    done = subprocess.run(
        [sys.executable, "-m", "qingshou.interfaces.commands.law", "lpr", "--on", "2024-01-01", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["rates"][0]["rate"] == "0.0345"

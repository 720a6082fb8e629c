"""The console script as its users run it: in a process, with nothing set in the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def qingshou(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": os.environ["PATH"], "HOME": str(cwd), "LANG": "C.UTF-8", "COLUMNS": "120"}
    return subprocess.run(
        [sys.executable, "-m", "qingshou.interfaces.cli", *arguments],
        capture_output=True, text=True, cwd=cwd, env=bare | environment, check=False,
    )  # fmt: skip


def test_the_law_answers_with_nothing_set(tmp_path: Path):
    done = qingshou(
        "law",
        "classify",
        "--jurisdiction",
        "china",
        "--overdue-days",
        "91",
        "--on",
        "2024-01-01",
        "--json",
        cwd=tmp_path,
    )
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["class"], answer["articles"][0]["article"]) == (0, "SUBSTANDARD", "11")
    assert answer["confidence"] in ("read", "secondary", "unverified")
    assert answer["reasons"][0]["article"]["instrument"] == "china.classification_2023"


@pytest.mark.parametrize(("days", "expected"), [("0", "NORMAL"), ("90", "SPECIAL_MENTION"), ("91", "SUBSTANDARD")])
def test_the_limit_of_ninety_days(days: str, expected: str, tmp_path: Path):
    done = qingshou(
        "law",
        "classify",
        "--jurisdiction",
        "china",
        "--overdue-days",
        days,
        "--on",
        "2024-01-01",
        "--json",
        cwd=tmp_path,
    )
    assert json.loads(done.stdout)["class"] == expected


def test_a_date_the_law_does_not_cover_is_refused_with_its_exit_code(tmp_path: Path):
    done = qingshou(
        "law",
        "classify",
        "--jurisdiction",
        "china",
        "--overdue-days",
        "91",
        "--on",
        "1995-01-01",
        "--json",
        cwd=tmp_path,
    )
    problem = json.loads(done.stdout)
    assert (done.returncode, problem["type"], problem["status"]) == (69, "NOT_COVERED", 422)


def test_files_are_aged_without_a_database(tmp_path: Path):
    (tmp_path / "schedule.csv").write_text(
        "loan_id,due_date,amount\nA,2026-01-10,100.00\nA,2026-02-10,100.00\nB,2026-02-10,50.00\n"
    )
    (tmp_path / "payments.csv").write_text("loan_id,paid_date,amount\nA,2026-01-12,60.00\nB,2026-02-10,50.00\n")
    done = qingshou(
        "book", "age", "--schedule", "schedule.csv", "--payments", "payments.csv", "--as-of", "2026-03-01",
        "--out", "aged.csv", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "aged.csv").read_text().splitlines() == [
        "loan_id,oldest_due_date,overdue_days,arrears",
        "A,2026-01-10,50,140.00",
        "B,,0,0.00",
    ]
    assert not (tmp_path / "var").exists()


def test_settings_report_all_that_is_missing(tmp_path: Path):
    done = qingshou("settings", cwd=tmp_path)
    assert done.returncode == 78
    for name in ("QINGSHOU_SECRET_KEY", "QINGSHOU_DATA_KEYS", "QINGSHOU_BLIND_INDEX_KEY"):
        assert name in done.stderr


def test_secrets_are_never_shown(tmp_path: Path):
    done = qingshou("settings", "--json", cwd=tmp_path, QINGSHOU_MODE="demo")
    kept = json.loads((tmp_path / "var" / "secrets.json").read_text())
    assert json.loads(done.stdout)["secret_key"] == "(set)"
    assert kept["secret_key"] not in done.stdout
    assert (tmp_path / "var" / "secrets.json").stat().st_mode & 0o077 == 0


def test_wrong_usage_is_told_apart(tmp_path: Path):
    done = qingshou("law", "classify", "--overdue-days", "many", cwd=tmp_path)
    assert done.returncode == 2

"""May a day be run; and can each check fail."""

from datetime import date, timedelta

import pytest
from django.db import connection
from tests.integration.cases.book_rows import DAY, NOW, owe

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.cases.operations import take_day
from qingshou.features.oversight.checks import run_checks
from qingshou.features.oversight.errors import DayOutOfOrder, NoSuchRun
from qingshou.features.oversight.operations import StepResult, begin_run, end_run, fail_run, take_step
from qingshou.features.oversight.queries import get_run, latest_done, list_runs
from qingshou.features.oversight.rules import DONE_ALREADY, REFUSED, RUN, RunFacts, judge_start

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("runs", "value", "code"),
    [
        ([], RUN, None),
        ([RunFacts(BEFORE, True, True)], RUN, None),
        ([RunFacts(DAY, False, True)], RUN, None),
        ([RunFacts(DAY, True, True)], DONE_ALREADY, None),
        ([RunFacts(DAY, True, True), RunFacts(AFTER, True, True)], DONE_ALREADY, None),
        ([RunFacts(AFTER, True, True)], REFUSED, "LATER_DAY_DONE"),
        ([RunFacts(AFTER, False, True)], REFUSED, "LATER_DAY_DONE"),
        ([RunFacts(AFTER, False, False)], RUN, None),
        ([RunFacts(BEFORE, False, True)], REFUSED, "EARLIER_DAY_UNFINISHED"),
        ([RunFacts(BEFORE, False, False)], RUN, None),
    ],
)
def test_which_day_may_be_run(runs: list[RunFacts], value: str, code: str | None) -> None:
    verdict = judge_start(DAY, runs)
    assert (verdict.value, [reason.code for reason in verdict.reasons]) == (value, [code] if code else [])


def begin(tenant: object, as_of: date = DAY) -> object:
    return begin_run(tenant_id=tenant.id, as_of=as_of, now=NOW, actor=SYSTEM, runner="process 1 on here")  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_step_is_done_once_and_keeps_what_it_did(tenant: object) -> None:
    run = begin(tenant)
    effects: list[int] = []

    def effect() -> StepResult:
        effects.append(1)
        return StepResult(3, 2, {"kept": "yes"})

    for is_first in (True, False):
        result, was_done_now = take_step(run=run, position=1, name="classes", now=NOW, effect=effect)  # type: ignore[arg-type]
        assert (result, was_done_now) == (StepResult(3, 2, {"kept": "yes"}), is_first)
    assert effects == [1]
    assert get_run(as_of=DAY).step("classes").rows_out == 2


@pytest.mark.django_db
def test_a_step_that_fails_leaves_no_checkpoint(tenant: object) -> None:
    run = begin(tenant)

    def effect() -> StepResult:
        owe("a", overdue_days=5)
        raise DayOutOfOrder("stop")

    with pytest.raises(DayOutOfOrder):
        take_step(run=run, position=1, name="classes", now=NOW, effect=effect)  # type: ignore[arg-type]
    assert get_run(as_of=DAY).steps == ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM book_borrower")
        assert cursor.fetchone() == (0,)
    fail_run(run=run, now=NOW, error="stopped")  # type: ignore[arg-type]
    assert (get_run(as_of=DAY).run.status, latest_done()) == ("FAILED", None)
    assert begin(tenant).attempts == 2  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_days_are_run_in_order_and_recorded(tenant: object) -> None:
    run = begin(tenant)
    take_step(run=run, position=1, name="classes", now=NOW, effect=StepResult)  # type: ignore[arg-type]
    with pytest.raises(DayOutOfOrder, match="not finished"):
        begin(tenant, AFTER)
    end_run(run=run, now=NOW, actor=SYSTEM, facts={"opened": 1})  # type: ignore[arg-type]
    with pytest.raises(DayOutOfOrder, match="can no longer be run"):
        begin(tenant, BEFORE)
    assert begin(tenant, AFTER).status == "RUNNING"  # type: ignore[attr-defined]
    assert [one.as_of for one in list_runs()] == [AFTER, DAY]
    events = list_events(subject_kind="DAY", subject_id=run.id)  # type: ignore[attr-defined]
    assert [event.action for event in events] == ["DAY_DONE", "DAY_BEGUN"]
    with pytest.raises(NoSuchRun):
        get_run(as_of=BEFORE)


_IMPORT = """
INSERT INTO book_import (id, tenant_id, as_of, frame, file_name, content_hash, mapping_name, mapping_hash, status,
    rows_read, rows_accepted, rows_rejected, rows_duplicate, totals, reasons, columns, notes, lake_path, rejects_path,
    error, intake_id, started_by, started_at)
SELECT gen_random_uuid(), tenant_id, as_of, 'loans', 'f', 'h', 'm', 'h', 'DONE', {read}, 1, 0, 0, '{totals}', '{{}}',
    '{{}}', '{{}}', '', '', '', '', 'x', now() FROM cases_case
"""
_OFF = '{"balance": {"read": "1.00", "accepted": "0.99", "rejected": "0", "duplicate": "0"}}'
# each broken by its own statement, which its own check must see
BREAKAGES = {
    "debtors_without_case": "UPDATE cases_case SET closed_on = as_of",
    "case_sums_differ": "UPDATE book_loan SET arrears = arrears + 0.01",
    "rows_unaccounted": _IMPORT.format(read=3, totals="{}"),
    "amounts_unaccounted": _IMPORT.format(read=1, totals=_OFF),
    "cases_without_record": "UPDATE cases_case SET id = gen_random_uuid()",
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", BREAKAGES)
def test_each_check_sees_its_own_breakage(tenant: object, users: dict, name: str) -> None:
    owe("a", overdue_days=5)
    tenant_id = tenant.id  # type: ignore[attr-defined]
    take_day(tenant_id=tenant_id, as_of=DAY, now=NOW, actor=SYSTEM)
    assert {check for check, count in run_checks(tenant_id).items() if count} == set()
    with connection.cursor() as cursor:
        cursor.execute(BREAKAGES[name])
    assert run_checks(tenant_id)[name] == 1

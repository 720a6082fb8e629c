"""The day's step of contact: cases begin the ladder, answers are seen, and where none came the next step begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record_many
from qingshou.features.cases.operations import pass_deadlines, set_next_actions
from qingshou.features.contact.models import CaseStep
from qingshou.features.contact.rules.ladder import Step, current_ladder, get_ladder
from qingshou.tenancy.context import current_tenant_id

# set over rows, not one by one: a first day begins the ladder for every mild case at once
_BEGIN = """
INSERT INTO contact_casestep
    (case_id, tenant_id, ladder, ladder_version, step, entered_on, due_on, asked_state, is_over)
SELECT c.id, c.tenant_id, %(ladder)s, %(version)s, %(step)s, %(on)s, %(due_on)s, '', FALSE
FROM cases_case c
WHERE c.tenant_id = %(tenant)s AND c.closed_on IS NULL AND c.stage = %(stage)s
  AND NOT EXISTS (SELECT 1 FROM contact_casestep s WHERE s.case_id = c.id)
ORDER BY c.id
RETURNING case_id
"""

# a reply, a conversation, or a payment that the book saw since the step began
_ANSWERED = """
UPDATE contact_casestep s SET answered_on = %(on)s
WHERE s.tenant_id = %(tenant)s AND NOT s.is_over AND s.answered_on IS NULL AND (
    EXISTS (SELECT 1 FROM contact_attempt a WHERE a.case_id = s.case_id AND a.local_date >= s.entered_on
            AND (a.direction = 'IN' OR a.outcome = 'CONVERSATION'))
    OR EXISTS (SELECT 1 FROM cases_case c JOIN book_loan l ON l.borrower_id = c.borrower_id
               JOIN book_payment p ON p.loan_id = l.id
               WHERE c.id = s.case_id AND p.paid_date > s.entered_on AND p.reverses_ref = ''))
RETURNING s.case_id, s.step
"""

_LEFT = """
UPDATE contact_casestep s SET is_over = TRUE FROM cases_case c
WHERE c.id = s.case_id AND s.tenant_id = %(tenant)s AND NOT s.is_over
  AND (c.closed_on IS NOT NULL OR c.stage <> %(stage)s)
"""


@dataclass(frozen=True, slots=True)
class StepsReport:
    """What the day did on the ladder."""

    begun: int
    answered: int
    stepped: int
    ended: int


def take_steps(*, as_of: date, now: datetime, actor: Actor) -> StepsReport:
    """Bring every case's place on the ladder up to a day; in one transaction, and twice gives the same.

    No message is sent here: steps that are messages are asked of the door by `ask_steps`, once each.
    """
    ladder = current_ladder()
    first = ladder.steps[0]
    given = {"tenant": current_tenant_id(), "on": as_of, "stage": ladder.stage, "ladder": ladder.code,
             "version": ladder.version, "step": first.code, "due_on": first.due_on(as_of)}  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LEFT, given)
        cursor.execute(_ANSWERED, given)
        answered = cursor.fetchall()
        stepped, ended = _step_on(as_of, now, actor)
        cursor.execute(_BEGIN, given)
        begun = [row[0] for row in cursor.fetchall()]
        entries = [Entry("CASE", case_id, "STEP_ANSWERED", {"step": step}) for case_id, step in answered]
        entries += [Entry("CASE", case_id, "STEP_ENTERED", {"step": first.code, "due_on": first.due_on(as_of)},
                          rule=f"{ladder.code} {ladder.version}") for case_id in begun]  # fmt: skip
        record_many(entries=entries, actor=actor, now=now)
    return StepsReport(len(begun), len(answered), stepped, ended)


def _step_on(as_of: date, now: datetime, actor: Actor) -> tuple[int, int]:
    """Begin the next step where no answer came in time; move the case on after the last."""
    late = list(
        CaseStep.objects.select_for_update(no_key=True)
        .filter(is_over=False, answered_on__isnull=True, due_on__lt=as_of)
        .order_by("case_id")
    )
    to_call: dict[str, list[UUID]] = {}
    over: list[UUID] = []
    entries = []
    for row in late:
        ladder = get_ladder(row.ladder, row.ladder_version)
        following = ladder.after(row.step)
        rule = f"{ladder.code} {ladder.version}"
        if following is None:
            row.is_over = True
            over.append(row.case_id)
            entries.append(Entry("CASE", row.case_id, "LADDER_ENDED", {"step": row.step}, rule=rule))
            continue
        _enter(row, following, as_of)
        if following.action:
            to_call.setdefault(following.action, []).append(row.case_id)
        said = {"step": row.step, "due_on": row.due_on}
        entries.append(Entry("CASE", row.case_id, "STEP_ENTERED", said, rule=rule))
    fields = ["step", "entered_on", "due_on", "asked_at", "asked_state", "is_over"]
    CaseStep.objects.bulk_update(late, fields, batch_size=500)
    record_many(entries=entries, actor=actor, now=now)
    for action, case_ids in to_call.items():
        _in_parts(case_ids, partial(set_next_actions, action=action, actor=actor, on=as_of, now=now))
    _in_parts(over, partial(pass_deadlines, actor=actor, on=as_of, now=now, reason="NO_ANSWER"))
    return len(late) - len(over), len(over)


def _enter(row: CaseStep, step: Step, as_of: date) -> None:
    row.step, row.entered_on, row.due_on = step.code, as_of, step.due_on(as_of)
    row.asked_at, row.asked_state = None, ""


def _in_parts(case_ids: Sequence[UUID], act: Callable[..., object], size: int = 1000) -> None:
    for start in range(0, len(case_ids), size):
        act(case_ids=case_ids[start : start + size])

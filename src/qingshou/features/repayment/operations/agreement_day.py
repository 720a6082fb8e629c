"""The day's steps over promises and plans: taken over, judged, ended, and people reminded of what falls due."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from qingshou.audit.actors import Actor
from qingshou.features.contact.operations.campaign_wording import languages_of
from qingshou.features.repayment.models import Plan, PlanInstalment, Promise
from qingshou.features.repayment.operations.following import Followed, follow
from qingshou.features.repayment.operations.plan_messages import REMINDER, plan_values, queue_message
from qingshou.features.repayment.operations.plans import expire_plans
from qingshou.features.repayment.operations.promise_acts import tell_cases
from qingshou.features.repayment.operations.promises import take_over_taken
from qingshou.features.repayment.operations.tape_day import planners_by_core, promisers_by_core
from qingshou.features.repayment.rules.plan_policy import PlanPolicy, plan_policy
from qingshou.features.repayment.rules.plan_states import InstalmentState, PlanState
from qingshou.features.repayment.rules.promises import PromiseState
from qingshou.law.contact.terms import Purpose
from qingshou.tenancy.queries import current_tenant

_PART = 200
# a day of the past is run to catch up with the book, never to write to people about it
_DAYS_BEHIND_MAX = 3


@dataclass(slots=True)
class PromisesReport:
    """What the day did to promises."""

    taken_over: int = 0
    followed: int = 0
    ended: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class PlansReport:
    """What the day did to plans."""

    followed: int = 0
    expired: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    reminded: dict[str, int] = field(default_factory=dict)


def end_promises(*, as_of: date, now: datetime, actor: Actor) -> PromisesReport:
    """Judge every promise a day may change, and tell the cases what falls due on it.

    Those open and past their date; and what the tape may have changed: an open one whose debtor paid the core system, a
    broken one for which such a payment was told late, one that counts a payment which a tape may withdraw.

    Gives   PromisesReport; a second call for the same day changes nothing
    """
    report = PromisesReport(taken_over=take_over_taken(actor=actor, now=now))
    is_open = Q(state=PromiseState.OPEN, due_on__lt=as_of)
    borrowers = Promise.objects.filter(is_open).values_list("borrower_id", flat=True).distinct()
    for part in _parts(sorted({*borrowers, *promisers_by_core(as_of=as_of)})):
        found = follow(borrower_ids=part, on=as_of, actor=actor, now=now)
        report.followed += len(part)
        _add(report.ended, found.promises)
    cases = Promise.objects.filter(state=PromiseState.OPEN).order_by("case_id").values_list("case_id", flat=True)
    for part in _parts(list(cases.distinct())):
        tell_cases(part, on=as_of)
    return report


def end_plans(*, as_of: date, now: datetime, actor: Actor) -> PlansReport:
    """Judge every plan a day may change, end those nobody accepted, and queue reminders of what falls due.

    Those in force, and those that were kept by a payment which a tape may withdraw.

    Gives   PlansReport; a second call for the same day changes nothing
    """
    report = PlansReport(expired=expire_plans(as_of=as_of, actor=actor, now=now))
    in_force = Q(state=PlanState.ACTIVE) | Q(state=PlanState.BROKEN, ended_on__isnull=True)
    borrowers = Plan.objects.filter(in_force).values_list("borrower_id", flat=True).distinct()
    for part in _parts(sorted({*borrowers, *planners_by_core(as_of=as_of)})):
        found: Followed = follow(borrower_ids=part, on=as_of, actor=actor, now=now)
        report.followed += len(part)
        _add(report.ended, found.plans)
    report.reminded = remind(as_of=as_of, now=now, actor=actor)
    return report


def remind(*, as_of: date, now: datetime, actor: Actor) -> dict[str, int]:
    """Queue the reminders of a day, each once: so many days before an instalment of a plan in force falls due.

    Through the door: what it refuses is kept as a refusal and not asked again for that day. Where collection stops
    while a plan is honoured a reminder is the answer the agreement asks for.

    Gives   what became of them: QUEUED, REFUSED, NO_TEMPLATE, NO_VALUE; nothing for a day long past
    """
    tenant = current_tenant()
    today = now.astimezone(ZoneInfo(tenant.time_zone)).date()
    if as_of < today - timedelta(days=_DAYS_BEHIND_MAX):
        return {}
    policy = plan_policy(settings=tenant.settings)
    days = [as_of + timedelta(days=one) for one in policy.reminder_days]
    due = (
        PlanInstalment.objects.filter(plan__state=PlanState.ACTIVE, state=InstalmentState.DUE, due_on__in=days)
        .exclude(reminded_on=as_of)
        .select_related("plan")
        .order_by("due_on", "id")
    )
    found: dict[str, int] = {}
    languages: dict[UUID, str] = {}
    rows = list(due)
    for part in _parts(rows):
        languages |= languages_of([one.plan.borrower_id for one in part])
    for one in rows:
        state = _remind_one(one, languages.get(one.plan.borrower_id, ""), policy, as_of, now, actor)
        found[state] = found.get(state, 0) + 1
    return found


def _remind_one(
    one: PlanInstalment, language: str, policy: PlanPolicy, as_of: date, now: datetime, actor: Actor
) -> str:
    plan = one.plan
    extra = plan_values(number=plan.number, amount=one.amount - one.paid_amount, currency=plan.currency,
                        due_on=one.due_on, language=language)  # fmt: skip
    with transaction.atomic():
        queued, told = queue_message(
            template=REMINDER, case_id=plan.case_id, borrower_id=plan.borrower_id, channels=policy.channels,
            extra=extra, purpose=Purpose.ANSWER if plan.stop_id else Purpose.COLLECT,
            key=f"plan-reminder:{one.id}:{as_of}", actor=actor, now=now,
        )  # fmt: skip
        PlanInstalment.objects.filter(id=one.id).update(reminded_on=as_of)
    return "QUEUED" if queued is not None else told


def _parts(rows: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), _PART):
        yield list(rows[start : start + _PART])


def _add(counts: dict[str, int], more: dict[str, int]) -> None:
    for code, count in more.items():
        counts[code] = counts.get(code, 0) + count

"""Choosing when and how to try, person by person; every choice is kept with all it needs to be judged later."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from qingshou.audit.actors import SYSTEM, Actor
from qingshou.audit.operations import record
from qingshou.features.contact.errors import BadContactInput, NoSuchContact, NotNow
from qingshou.features.contact.models import Attempt, Decision
from qingshou.features.contact.operations.fitting import policy_of
from qingshou.features.contact.operations.persons import lock_persons
from qingshou.features.contact.queries import history
from qingshou.features.contact.queries.gathering import read_known
from qingshou.features.contact.queries.timing_models import current_model
from qingshou.features.contact.timing.arms import Arm, arm_of_code, ordered
from qingshou.features.contact.timing.features import context_of
from qingshou.features.contact.timing.policy import PLACES, chances, chosen, draw_of, policy_name
from qingshou.law.contact.terms import Outcome
from qingshou.tenancy.bulk import copy_rows
from qingshou.tenancy.context import current_tenant_id

CHUNK = 1000
_COLUMNS = ("id", "tenant_id", "person_id", "campaign_id", "policy", "context", "arms", "arm", "chance", "draw", "at")
_LOOKED_BACK_DAYS = 60  # a contact without an end for so long is waited for no more


def random_draw() -> Decimal:
    """Draw from the system's source of randomness: nobody can foresee or repeat it."""
    return draw_of(secrets.randbelow(10**PLACES))


def choose(
    *,
    borrower_ids: Sequence[UUID],
    open_arms: Mapping[UUID, Sequence[Arm | str]],
    now: datetime,
    actor: Actor,
    campaign_id: UUID | None = None,
    draw: Callable[[], Decimal] = random_draw,
) -> list[Decision]:
    """Choose an arm for each debtor, and keep context, every open arm with its chance and score, and the draw.

    Takes   open_arms  what is lawful and possible for each, as the door says: arms or their codes. A debtor with none
                       gets no decision
    Gives   the decisions, in the order of the debtors
    Stops   BadArm        a code names no arm
            ModelChanged  the kept model is not what its name says
    """
    if not borrower_ids:
        return []
    settings, model = history.settings_of_lender(), current_model()
    policy, name = policy_of(model, settings), policy_name(model.hash)
    made: list[Decision] = []
    with transaction.atomic():
        for start in range(0, len(borrower_ids), CHUNK):
            part = [one for one in borrower_ids[start : start + CHUNK] if open_arms.get(one)]
            lock_persons(read_known(borrower_ids=set(part), now=now))
            known = history.situations(borrower_ids=part, now=now, settings=settings)
            if missing := [one for one in part if one not in known]:
                raise NoSuchContact("There is no such debtor.", count=len(missing))
            arms = [ordered([_arm(one) for one in open_arms[borrower]]) for borrower in part]
            contexts = [context_of(known[one][1], now=now, base_rate=model.base_rate) for one in part]
            flat = [(context, arm) for context, own in zip(contexts, arms, strict=True) for arm in own]
            scores = iter(model.scores([pair[0] for pair in flat], [pair[1] for pair in flat]).tolist())
            decisions = []
            for borrower, context, own in zip(part, contexts, arms, strict=True):
                scored = [next(scores) for _arm_of in own]
                shares, drawn = chances(scored, policy), draw()
                place = chosen(shares, drawn)
                decisions.append(
                    Decision(
                        person_id=known[borrower][0], campaign_id=campaign_id, policy=name, context=context,
                        arms=[{"arm": arm.code, "chance": str(share), "score": round(score, 6)}
                              for arm, share, score in zip(own, shares, scored, strict=True)],
                        arm=own[place].code, chance=shares[place], draw=drawn, at=now,
                    )
                )  # fmt: skip
            copy_rows(model=Decision, columns=_COLUMNS, rows=map(_row, decisions))
            made += decisions
        _record(campaign_id, "TIMING_CHOSEN", actor, now, {"policy": name, "decisions": len(made)})
    return made


def tie(*, attempts: Mapping[UUID, UUID], actor: Actor, now: datetime) -> int:
    """Note which contact came of which decision; what came of the contact is then what the decision earned.

    Takes   attempts  decision -> attempt, of the same person
    Stops   NoSuchContact    a decision or attempt is not there
            BadContactInput  the attempt is of another person
            NotNow           the decision led to another contact already
    """
    with transaction.atomic():
        decisions = _locked(attempts)
        people = dict(Attempt.objects.filter(id__in=attempts.values()).values_list("id", "person_id"))
        for decision in decisions:
            attempt_id = attempts[decision.id]
            if attempt_id not in people:
                raise NoSuchContact("There is no such contact.")
            if people[attempt_id] != decision.person_id:
                raise BadContactInput("The contact was with another person than the decision was about.")
            if decision.attempt_id not in (None, attempt_id):
                raise NotNow("This decision led to another contact already.")
            decision.attempt_id = attempt_id
        Decision.objects.bulk_update(decisions, ["attempt"])
        _record(None, "TIMING_TIED", actor, now, {"decisions": len(decisions)})
    return len(decisions)


def reward(*, attempt_id: UUID, reward: Decimal, now: datetime, actor: Actor = SYSTEM) -> Decision:
    """Note what a decision's contact earned, once.

    Takes   reward  0 to 1
    Stops   NoSuchContact    no decision led to this contact
            BadContactInput  the reward is out of range
            NotNow           another reward stands already
    """
    if not Decimal(0) <= reward <= Decimal(1):
        raise BadContactInput("A reward is a number from 0 to 1.")
    with transaction.atomic():
        decision = Decision.objects.select_for_update(no_key=True).filter(attempt=attempt_id).first()
        if decision is None:
            raise NoSuchContact("No decision of best time led to this contact.")
        if decision.reward is not None:
            if decision.reward != reward:
                raise NotNow("Another reward stands for this decision; it is not changed afterwards.")
            return decision
        decision.reward, decision.reward_at = reward, now
        decision.save(update_fields=["reward", "reward_at"])
        _record(decision.campaign_id, "TIMING_REWARDED", actor, now, {"decisions": 1, "answered": int(reward > 0)})
    return decision


def attribute_rewards(*, now: datetime, actor: Actor = SYSTEM) -> int:
    """Give every decision whose days are over its reward: 1 where its contact was answered, else 0.

    None is settled before its days are over, not even an answered one: a log of early successes would flatter. What
    was never made (released, still pending) earns nothing and judges nothing.

    Gives   how many were settled
    """
    settings = history.settings_of_lender()
    over = now - settings.within
    with transaction.atomic():
        open_rows = Decision.objects.select_for_update(no_key=True, of=("self",)).filter(
            reward__isnull=True, attempt__isnull=False, attempt__at__lte=over,
            attempt__at__gte=now - timedelta(days=_LOOKED_BACK_DAYS),
        )  # fmt: skip
        rows: list[Any] = list(
            open_rows.exclude(attempt__outcome__in=[Outcome.PENDING, Outcome.RELEASED])
            .order_by("id")
            .values_list("id", "attempt_id", "person_id", "attempt__at")
        )
        if not rows:
            return 0
        ends = history.ends_since(
            person_ids={row[2] for row in rows}, since=min(row[3] for row in rows), settings=settings
        )
        answered = [ends[row[1]].is_answered for row in rows]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE contact_decision d SET reward = given.reward, reward_at = %s "
                "FROM unnest(%s::uuid[], %s::numeric[]) AS given(id, reward) WHERE d.id = given.id",
                [now, [row[0] for row in rows], [int(one) for one in answered]],
            )
        _record(None, "TIMING_REWARDED", actor, now, {"decisions": len(rows), "answered": sum(answered)})
    return len(rows)


def _row(decision: Decision) -> tuple[object, ...]:
    values = (getattr(decision, name) for name in _COLUMNS)
    return tuple(json.dumps(value) if isinstance(value, dict | list) else value for value in values)


def _arm(one: Arm | str) -> Arm:
    return one if isinstance(one, Arm) else arm_of_code(one)


def _locked(attempts: Mapping[UUID, UUID]) -> list[Decision]:
    rows = list(Decision.objects.select_for_update(no_key=True).filter(id__in=attempts).order_by("id"))
    if len(rows) != len(attempts):
        raise NoSuchContact("There is no such decision.")
    return rows


def _record(campaign_id: UUID | None, action: str, actor: Actor, now: datetime, facts: Mapping[str, object]) -> None:
    kind, subject = ("CAMPAIGN", campaign_id) if campaign_id else ("LENDER", current_tenant_id())
    record(subject_kind=kind, subject_id=subject, action=action, actor=actor, now=now, facts=facts)

"""Learning best time from the lender's own contacts, and judging what was learnt before it is used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from qingshou.audit.actors import SYSTEM, Actor
from qingshou.audit.operations import record
from qingshou.features.book.intake.atomic import write_bytes
from qingshou.features.contact.queries import history
from qingshou.features.contact.queries.history import Learnt, Settled
from qingshou.features.contact.queries.timing_models import CURRENT, models_folder
from qingshou.features.contact.rules.timing import TimingSettings
from qingshou.features.contact.timing.arms import Arm, arm_of_code
from qingshou.features.contact.timing.features import context_of
from qingshou.features.contact.timing.judging import Estimate, Log, Method, compare, judge
from qingshou.features.contact.timing.model import PRIOR_RATE, Model, fitted
from qingshou.features.contact.timing.policy import Policy, chances
from qingshou.tenancy.context import current_tenant_id

PAST = 0.7  # of the decisions, by time: what is judged is learnt from these, and judged on the rest
_RESAMPLES = 500
_PULL = 5.0  # contacts' worth an arm's own rate is drawn towards the whole's, for the best fixed arm


@dataclass(frozen=True, slots=True)
class _Later:
    """Decisions to judge by, as arrays over every arm that was open anywhere."""

    log: Log
    codes: list[str]
    settled: Sequence[Settled]


def policy_of(model: Model, settings: TimingSettings) -> Policy:
    """Return how a model's scores become chances."""
    return Policy(exploration=settings.exploration, sharpness=settings.sharpness, contacts=model.contacts)


def fit(*, now: datetime, actor: Actor = SYSTEM) -> Model:
    """Learn from the lender's contacts of known end, keep the model, and make it the one that chooses.

    Before that, a model of the earlier decisions is judged on the later ones; what was found is kept with the model.

    Gives   the model; the same history gives the same text and so the same name
    """
    settings = history.settings_of_lender()
    learnt = history.learnt_contacts(now=now, settings=settings)
    since = now - timedelta(days=settings.history_days)
    settled = history.settled_decisions(since=since, limit=settings.contacts_max)
    judged = judge_on_later(learnt, settled, settings)
    rates = [[one.channel, one.weekday, one.hour, one.tried, one.answered] for one in history.rates_of(learnt)]
    own: dict[str, float] = {"exploration": float(settings.exploration), "sharpness": settings.sharpness,
                             "reward_days": settings.reward_days}  # fmt: skip
    model = replace(model_of(learnt, at=now), judged=judged, rates=rates, settings=own)
    write_bytes(models_folder() / f"timing-{model.hash}.json", model.text().encode("ascii"))
    with transaction.atomic():
        record(
            subject_kind="LENDER", subject_id=current_tenant_id(), action="TIMING_FITTED", actor=actor, now=now,
            facts={"model": model.hash, "contacts": model.contacts, "decisions": len(settled)},
        )  # fmt: skip
    # only what the record speaks of is ever put to use
    write_bytes(models_folder() / CURRENT, model.hash.encode("ascii"))
    return model


def model_of(learnt: Sequence[Learnt], *, at: datetime | None) -> Model:
    """Fit the response model to contacts of known end."""
    rate = (sum(one.is_answered for one in learnt) + 50 * PRIOR_RATE) / (len(learnt) + 50)
    contexts = [context_of(one.situation, now=one.at, base_rate=rate) for one in learnt]
    return fitted(contexts, [one.arm for one in learnt], [one.is_answered for one in learnt], at=at)


def judge_on_later(
    learnt: Sequence[Learnt], settled: Sequence[Settled], settings: TimingSettings
) -> dict[str, object]:  # fmt: skip
    """Judge the policy off-line: learnt before a moment, judged by the decisions made after it.

    Gives   what was done, what the policy, the best fixed arm of the past and even chances would have been worth, each
            with its interval; the differences; how well answers were foretold. Empty with too few decisions
    """
    if len(settled) < settings.judged_from:
        return {}
    cut = settled[int(len(settled) * PAST)].at
    # an answer counts for some days: what was learnt must have been known at the cut
    past = [one for one in learnt if one.at < cut - settings.within]
    later = _later([one for one in settled if one.at >= cut])
    model = model_of(past, at=None)
    scores = _scores(model, later)
    is_open = later.log.logged > 0
    ours = _targets(scores, is_open, policy_of(model, settings))
    even = is_open / is_open.sum(axis=1, keepdims=True)
    fixed = _best_fixed(past, later.codes, is_open)
    found = {
        name: _told(judge(later.log, target, method=Method.DOUBLY_ROBUST, believed=scores))
        for name, target in {"done": later.log.logged, "policy": ours, "fixed": fixed, "even": even}.items()
    }
    gains = {
        name: _told(compare(later.log, ours, against, method=Method.DOUBLY_ROBUST, believed=scores,
                            resamples=_RESAMPLES))
        for name, against in {"over_done": None, "over_fixed": fixed, "over_even": even}.items()
    }  # fmt: skip
    return {**found, **gains, "cut": cut.isoformat(), "decisions": len(later.log.reward), "auc": _auc(later, scores)}


def _later(settled: Sequence[Settled]) -> _Later:
    codes = sorted({str(arm["arm"]) for one in settled for arm in one.arms})
    place = {code: number for number, code in enumerate(codes)}
    logged = np.zeros((len(settled), len(codes)))
    for row, one in enumerate(settled):
        for arm in one.arms:
            logged[row, place[arm["arm"]]] = float(arm["chance"])
    people = {person: number for number, person in enumerate(sorted({one.person_id for one in settled}))}
    log = Log(
        chosen=np.array([place[one.arm] for one in settled]), logged=logged,
        reward=np.array([one.reward for one in settled]), group=np.array([people[one.person_id] for one in settled]),
    )  # fmt: skip
    return _Later(log, codes, settled)


def _scores(model: Model, later: _Later) -> Any:
    """Return what the model believes of every open arm of every decision; 0 where an arm was not open."""
    rows, columns = np.nonzero(later.log.logged > 0)
    arms = [arm_of_code(code) for code in later.codes]
    contexts: list[Mapping[str, Any]] = [later.settled[row].context for row in rows.tolist()]
    scores = np.zeros(later.log.logged.shape)
    scores[rows, columns] = model.scores(contexts, [arms[column] for column in columns])
    return scores


def _targets(scores: Any, is_open: Any, policy: Policy) -> Any:
    target = np.zeros(scores.shape)
    for row in range(len(scores)):
        places = np.flatnonzero(is_open[row])
        target[row, places] = [float(chance) for chance in chances(scores[row, places].tolist(), policy)]
    return target


def _best_fixed(past: Sequence[Learnt], codes: Sequence[str], is_open: Any) -> Any:
    """Return the rule that takes, of the open arms, the one answered most often in the past, whoever the person."""
    tried: dict[Arm, list[int]] = {}
    for one in past:
        cell = tried.setdefault(one.arm, [0, 0])
        cell[0] += 1
        cell[1] += one.is_answered
    whole = (sum(cell[1] for cell in tried.values()) + _PULL * PRIOR_RATE) / (len(past) + _PULL)
    rates = [
        (cell[1] + _PULL * whole) / (cell[0] + _PULL)
        for cell in (tried.get(arm_of_code(code), [0, 0]) for code in codes)
    ]
    best = np.where(is_open, np.array(rates), -1.0).argmax(axis=1)
    return np.eye(len(codes))[best]


def _auc(later: _Later, scores: Any) -> float | None:
    """Return how well answers were foretold (area under the curve); None where all ended alike."""
    answered = later.log.reward > 0
    if answered.all() or not answered.any():
        return None
    believed = np.take_along_axis(scores, later.log.chosen[:, None], axis=1)[:, 0]
    # read here and not at the start of every command and worker: the library takes seconds to load
    from sklearn.metrics import roc_auc_score

    return round(float(roc_auc_score(answered, believed)), 4)


def _told(found: Estimate) -> dict[str, float | int]:
    return {
        "value": round(found.value, 6), "low": round(found.low, 6), "high": round(found.high, 6), "size": found.size,
        "effective": round(found.effective, 1), "clipped": found.clipped,
    }  # fmt: skip

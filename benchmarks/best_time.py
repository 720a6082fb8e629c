"""Best time on 45,211 real calls in date order: is choosing the weekday by a model better than what was done?

    .venv/bin/python benchmarks/best_time.py [--data DIR] [--json]

A sale, not a collection (data/bank_marketing/README.md). Learnt from the first 80 % of the calls, judged on the later
20 % with the product's own policy (timing/policy.py) and estimators (timing/judging.py). The action is the weekday: of
what was logged it is closest to a matter of chance, which is checked on the past. Calls of a day share a fate, so that
intervals resample whole days. `duration` is used nowhere. A planted effect on the same calls shows that the
instrument would find a gain if there were one.
"""

import argparse
import calendar
import warnings
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

import measuring
from qingshou.features.contact.timing.judging import Estimate, Log, Method, compare, judge
from qingshou.features.contact.timing.policy import Policy, chances

DATA = Path(__file__).resolve().parents[1] / "data" / "bank_marketing"
PAST = 0.8  # of the calls, by date
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr)}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
# what the weekday's effect may depend on
CROSSED = ("age", "campaign", "previous")
# untuned, the same protocol (first 80 % by date, no duration), measured before this work; columns not stated
BASELINES = {"logistic": 0.6491, "lightgbm": 0.6690}
STRENGTHS = (1.0, 0.1, 0.01)
PLANTED = 0.15
NOT_CONTEXT = {"y", "duration", "day", "day_of_week"}


@dataclass(frozen=True)
class Calls:
    """One file, in date order: columns, outcome, weekday, and the day each call was made on."""

    columns: dict[str, Any]
    reward: Any
    weekday: Any
    group: Any
    month: Any

    @property
    def cut(self) -> int:
        return int(len(self.reward) * PAST)


def calls_with_dates(folder: Path) -> Calls:
    """Read the 45,211 calls; the year follows from the order, and the weekday from the date. Weekends are left out."""
    columns = _columns(f"read_csv('{folder / 'bank_marketing.csv.gz'}', all_varchar = true)")
    year, last, days = 2008, 5, []
    for name, number in zip(columns["month"], columns["day"], strict=True):
        month = MONTHS[name]
        year, last = year + (month < last), month
        days.append(date(year, month, int(number)))
    assert days == sorted(days)
    weekday = np.array([day.weekday() for day in days])
    kept = weekday < len(WEEKDAYS)
    for name in ("age", "balance", "campaign", "pdays", "previous"):
        columns[name] = columns[name].astype(float)
    return Calls(
        {name: values[kept] for name, values in columns.items()},
        (columns["y"][kept] == "yes").astype(float),
        weekday[kept],
        np.array([day.toordinal() for day in days])[kept],
        np.array([day.year * 12 + day.month for day in days])[kept],
    )


def calls_with_economy(folder: Path) -> Calls:
    """Read the 41,188 calls; a day is a run of rows of one month and weekday, for no date is given."""
    columns = _columns(f"'{folder / 'bank_additional_full.parquet'}'")
    weekday = np.array([WEEKDAYS.index(name) for name in columns["day_of_week"]])
    month = np.cumsum(np.r_[0, columns["month"][1:] != columns["month"][:-1]])
    run = np.cumsum(np.r_[0, (weekday[1:] != weekday[:-1]) | (month[1:] != month[:-1])])
    return Calls(columns, (columns["y"] == "yes").astype(float), weekday, run, month)


def _columns(source: str) -> dict[str, Any]:
    found = duckdb.execute(f"SELECT * FROM {source}").fetchnumpy()
    return {
        name: np.asarray(values, dtype=float)
        if np.asarray(values).dtype.kind in "if"
        else np.asarray(values, dtype=str)
        for name, values in found.items()
    }


class Design:
    """A person's columns as numbers, standardised on the past; with the weekday and what its effect may depend on."""

    def __init__(self, calls: Calls, without: frozenset[str], past: int):
        parts, crossed = [], []
        for name, values in calls.columns.items():
            if name in NOT_CONTEXT | without:
                continue
            if values.dtype.kind == "f":
                scaled = (values - values[:past].mean()) / (values[:past].std() or 1.0)
                parts.append(scaled)
                if name in CROSSED:
                    crossed.append(np.clip(scaled, -3, 3))
            else:
                parts += [(values == code).astype(float) for code in np.unique(values[:past])[1:]]
                if name == "poutcome":
                    crossed.append((values == "success").astype(float))
        self.person = np.stack(parts, axis=1)
        self.crossed = np.stack(crossed, axis=1)

    def rows(self, weekday: Any) -> Any:
        """Return the design with each row's weekday as given."""
        hot = np.eye(len(WEEKDAYS))[np.broadcast_to(weekday, (len(self.person),))]
        crossing = (hot[:, :, None] * self.crossed[:, None, :]).reshape(len(hot), -1)
        return np.concatenate([self.person, hot, crossing], axis=1)


def fit(rows: Any, reward: Any, strength: float) -> LogisticRegression:
    """Fit the response model."""
    return LogisticRegression(C=strength, max_iter=2000, random_state=0).fit(rows, reward)


def response_model(calls: Calls) -> tuple[dict[str, Any], LogisticRegression, Design]:
    """Choose columns and strength within the past (its first 80 % against its last), fit on the past, judge later."""
    inner, cut = int(calls.cut * PAST), calls.cut
    economy = frozenset({"emp.var.rate", "cons.price.idx", "cons.conf.idx", "euribor3m", "nr.employed"})
    choices = {"all": frozenset(), "without month": frozenset({"month"}), "without economy": economy,
               "without month and economy": economy | {"month"}}  # fmt: skip
    tried = []
    for name, without in choices.items():
        rows = Design(calls, without, inner).rows(calls.weekday)
        for strength in STRENGTHS:
            model = fit(rows[:inner], calls.reward[:inner], strength)
            tried.append((_auc(model, rows[inner:cut], calls.reward[inner:cut]), name, strength))
    best, name, strength = max(tried)
    design = Design(calls, choices[name], cut)
    rows = design.rows(calls.weekday)
    model = fit(rows[:cut], calls.reward[:cut], strength)
    found = {
        "columns": name,
        "strength": strength,
        "auc_within_past": round(best, 4),
        "auc_later": round(_auc(model, rows[cut:], calls.reward[cut:]), 4),
        "auc_later_plain": round(_plain_auc(calls), 4),
    }
    return found, model, design


def _plain_auc(calls: Calls) -> float:
    """Return what a logistic regression of every column reaches, nothing chosen and nothing crossed."""
    cut = calls.cut
    rows = np.concatenate([Design(calls, frozenset(), cut).person, np.eye(len(WEEKDAYS))[calls.weekday]], axis=1)
    return _auc(fit(rows[:cut], calls.reward[:cut], 1.0), rows[cut:], calls.reward[cut:])


def _auc(model: LogisticRegression, rows: Any, reward: Any) -> float:
    return float(roc_auc_score(reward, model.predict_proba(rows)[:, 1]))


def chance_of_weekday(calls: Calls) -> tuple[dict[str, Any], Any]:
    """Estimate how a weekday came about: by its share, or by the person where that foretells it better.

    Judged within the past. Calls later are given the shares of the past.
    """
    inner, cut = int(calls.cut * PAST), calls.cut
    person = Design(calls, frozenset({"month", "emp.var.rate", "cons.price.idx", "cons.conf.idx", "euribor3m",
                                      "nr.employed"}), inner).person  # fmt: skip
    foretold = _foretold(person, calls.weekday, inner, cut)
    later = person[cut:]
    gaps = [abs(later[calls.weekday[cut:] == day].mean(0) - later.mean(0)) / (later.std(0) + 1e-9) for day in range(5)]
    shares = np.bincount(calls.weekday[:cut], minlength=5) / cut
    found = foretold | {
        "shares_past": dict(zip(WEEKDAYS, np.round(shares, 3).tolist(), strict=True)),
        "shares_later": dict(
            zip(WEEKDAYS, np.round(np.bincount(calls.weekday[cut:]) / (len(person) - cut), 3).tolist(), strict=True)
        ),
        "imbalance_later_max": round(float(np.max(gaps)), 3),
        "imbalance_later_median": round(float(np.median(np.max(gaps, axis=0))), 3),
        "as_good_as_random": foretold["log_loss_by_person"] >= foretold["log_loss_by_share"],
    }
    return found, np.tile(shares, (len(person) - cut, 1))


def _foretold(person: Any, action: Any, inner: int, cut: int) -> dict[str, float]:
    """Say whether the person foretells the action better than its share does; smaller is better."""
    model = LogisticRegression(C=0.1, max_iter=2000, random_state=0).fit(person[:inner], action[:inner])
    chance = model.predict_proba(person[inner:cut])
    shares = np.array([(action[:inner] == one).mean() for one in model.classes_])
    truth, labels = action[inner:cut], list(model.classes_)
    return {
        "log_loss_by_person": round(float(log_loss(truth, chance, labels=labels)), 4),
        "log_loss_by_share": round(float(log_loss(truth, np.tile(shares, (cut - inner, 1)), labels=labels)), 4),
        "chance_least": round(float(chance.min()), 4),
    }


def policy_values(calls: Calls, model: LogisticRegression, design: Design, logged: Any) -> dict[str, Any]:
    """Judge the product's policy, its greedy form and the best fixed weekday of the past on the later calls."""
    cut = calls.cut
    scores = np.stack([model.predict_proba(design.rows(day)[cut:])[:, 1] for day in range(5)], axis=1)
    policy = Policy(contacts=cut)
    ours = np.array([[float(chance) for chance in chances(row.tolist(), policy)] for row in scores])
    greedy = np.eye(5)[scores.argmax(axis=1)]
    past = [calls.reward[:cut][calls.weekday[:cut] == day].mean() for day in range(5)]
    fixed = np.tile(np.eye(5)[int(np.argmax(past))], (len(scores), 1))
    log = Log(chosen=calls.weekday[cut:], logged=logged, reward=calls.reward[cut:], group=calls.group[cut:])
    believed = _level(calls)[:, None] + scores - scores.mean(axis=1, keepdims=True)
    uniform = np.full_like(scores, 0.2)
    pairs = {"policy_less_random": (ours, uniform), "policy_less_best_fixed": (ours, fixed),
             "greedy_less_random": (greedy, uniform), "greedy_less_best_fixed": (greedy, fixed),
             "best_fixed_less_random": (fixed, uniform)}  # fmt: skip
    found: dict[str, Any] = {
        "later_calls": len(scores),
        "later_days": len(np.unique(log.group)),
        "logged_rate": round(float(log.reward.mean()), 4),
        "best_fixed_of_the_past": WEEKDAYS[int(np.argmax(past))],
        "rates_past": dict(zip(WEEKDAYS, np.round(past, 4).tolist(), strict=True)),
        "values": {
            name: _told(judge(log, target, method=Method.DOUBLY_ROBUST, believed=believed))
            for name, target in {"random": uniform, "policy": ours, "greedy": greedy, "best_fixed": fixed}.items()
        },
    }
    for name, (target, against) in pairs.items():
        found[name] = {
            method.value: _told(compare(log, target, against, method=method, believed=believed)) for method in Method
        }
    return found


def _level(calls: Calls) -> Any:
    """Return the rate of each later call's month without its own day: a level that knows nothing of its weekday."""
    cut = calls.cut
    reward, group, month = calls.reward[cut:], calls.group[cut:], calls.month[cut:]
    _days, day = np.unique(group, return_inverse=True)
    _months, of = np.unique(month, return_inverse=True)
    day_sum, day_size = np.bincount(day, reward), np.bincount(day)
    month_sum, month_size = np.bincount(of, reward), np.bincount(of)
    # one call's worth of the whole, for a month of a single day
    return (month_sum[of] - day_sum[day] + reward.mean()) / (month_size[of] - day_size[day] + 1)


def _told(found: Estimate) -> dict[str, Any]:
    return {
        "value": round(found.value, 4),
        "low": round(found.low, 4),
        "high": round(found.high, 4),
        "effective": round(found.effective),
        "clipped": found.clipped,
    }


def planted(calls: Calls) -> dict[str, Any]:
    """Plant a known effect on the same calls: each person has a good weekday, +15 points; is the gain found?"""
    random = np.random.default_rng(20_260_101)
    older = calls.columns["age"] > np.median(calls.columns["age"])
    good = np.where(older, 1, 3)  # Tuesday for the older half, Thursday for the others
    level = np.full(len(good), 0.15)
    reward = (random.random(len(good)) < level + PLANTED * (calls.weekday == good)).astype(float)
    age = np.where(older, 1.0, -1.0)
    made = Calls({"age": age}, reward, calls.weekday, calls.group, calls.month)
    design = Design(made, frozenset(), made.cut)
    model = fit(design.rows(made.weekday)[: made.cut], reward[: made.cut], 1.0)
    shares = np.bincount(made.weekday[: made.cut], minlength=5) / made.cut
    found = policy_values(made, model, design, np.tile(shares, (len(good) - made.cut, 1)))
    gain, truth = found["greedy_less_random"]["DR"], round(PLANTED * 0.8, 4)
    return {"true_gain": truth, "found": gain, "met": gain["low"] > 0 and gain["low"] <= truth <= gain["high"]}


def channel(calls: Calls) -> dict[str, Any]:
    """Say why the channel is not judged: the person foretells it."""
    inner, cut = int(calls.cut * PAST), calls.cut
    mobile = (calls.columns["contact"] == "cellular").astype(int)
    without = frozenset({"contact", "month", "emp.var.rate", "cons.price.idx", "cons.conf.idx", "euribor3m",
                         "nr.employed"})  # fmt: skip
    person = Design(calls, without, inner).person
    later = mobile[cut:] == 1
    return _foretold(person, mobile, inner, cut) | {
        "rate_later_cellular": round(float(calls.reward[cut:][later].mean()), 4),
        "rate_later_telephone": round(float(calls.reward[cut:][~later].mean()), 4),
        "verdict": "association only: not as good as random",
    }


def words(gain: dict[str, Any]) -> str:
    """Say in words what an interval says."""
    if gain["low"] > 0:
        return "better: the interval lies above zero"
    return "worse: the interval lies below zero" if gain["high"] < 0 else "not distinguishable from zero"


def run(folder: Path) -> dict[str, Any]:
    """Measure all; give the figures."""
    dated, economy = calls_with_dates(folder), calls_with_economy(folder)
    result: dict[str, Any] = {"machine": measuring.machine(), "what": "a sale, not a collection", "parts": {}}
    for name, calls in (("dated", dated), ("economy", economy)):
        found, model, design = response_model(calls)
        randomness, logged = chance_of_weekday(calls)
        values = policy_values(calls, model, design, logged)
        verdicts = {pair: words(values[pair]["DR"]) for pair in values if "_less_" in pair}
        result["parts"][name] = {"calls": len(calls.reward), "response": found, "weekday": randomness, **values,
                                 "verdicts": verdicts}  # fmt: skip
    result["auc_baselines"] = BASELINES
    result["channel"] = channel(economy)
    result["planted"] = planted(dated)
    result["met"] = result["planted"]["met"]
    return result


def main() -> None:
    """Run, or say that the data is not given."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not (asked.data / "bank_marketing.csv.gz").exists():
        measuring.tell({"data": "data not given"}, as_json=asked.json)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measuring.tell(run(asked.data), as_json=asked.json)


if __name__ == "__main__":
    main()

"""The rule of the queue in Python and in SQL give the same place, on facts made at random and at every limit."""

import itertools
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from qingshou.features.cases.process import QueueFacts
from qingshou.features.cases.process_reading import current_process
from qingshou.features.cases.queue_sql import reason_sql, tier_sql, weight_sql
from qingshou.features.cases.rules import queue_place

DAY = date(2026, 11, 23)
TYPES = {
    "currency": "text", "balance": "numeric", "arrears": "numeric", "overdue_days": "int", "opened_on": "date",
    "next_action": "text", "next_action_on": "date", "is_never_paid": "boolean", "cures_count": "int",
    "legal_deadline_on": "date", "is_specialist": "boolean", "promise_due_on": "date", "promise_broken_on": "date",
    "is_skip": "boolean",
}  # fmt: skip


def some_facts(chance: random.Random) -> QueueFacts:
    near = [DAY + timedelta(days=days) for days in (-4, -3, -2, -1, 0, 1, 59, 60, 61)]
    rare = [None] * 12
    return QueueFacts(
        as_of=DAY,
        currency=chance.choice(["CNY", "TWD", "JPY"]),
        balance=chance.choice([None, Decimal(0), Decimal("199999.99"), Decimal(200000), Decimal(900000)]),
        arrears=chance.choice([None, Decimal(0), Decimal("12.345")]),
        overdue_days=chance.choice([None, 0, 1, 27, 28, 30, 31, 57, 58, 60, 61, 87, 88, 90, 91, 400]),
        opened_on=chance.choice(near),
        next_action=chance.choice(["CONTACT_DEBTOR", "CALL_BACK", "CHECK_PROMISE", "REVIEW_PLAN", "ASSIGN"]),
        next_action_on=chance.choice(near),
        is_never_paid=chance.random() < 0.1,
        cures_count=chance.choice([0, 2, 3, 4]),
        legal_deadline_on=chance.choice([*near, *rare]),
        is_specialist=chance.random() < 0.05,
        promise_due_on=chance.choice([*near, *rare]),
        promise_broken_on=chance.choice([*near, *rare]),
        is_skip=chance.random() < 0.05,
    )


@pytest.mark.django_db
def test_python_and_sql_give_the_same_place() -> None:
    chance = random.Random(20261123)
    given = [some_facts(chance) for _ in range(4000)]
    values = current_process().queue
    names = ", ".join(TYPES)
    rows = ", ".join("(" + ", ".join(f"%s::{kind}" for kind in TYPES.values()) + ")" for _ in given)
    tier = tier_sql(values, row="r").replace("%(as_of)s", f"'{DAY}'")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT tier, {reason_sql('tier')}, {weight_sql('tier', row='t')} FROM ("
            f"SELECT r.*, {tier} AS tier FROM (VALUES {rows}) AS r({names})) t",
            list(itertools.chain.from_iterable([getattr(one, name) for name in TYPES] for one in given)),
        )
        found = cursor.fetchall()
    places = [queue_place(values, one) for one in given]
    assert found == [(place.tier, place.reason, place.weight) for place in places]
    assert {place.tier for place in places} == set(range(1, 13))

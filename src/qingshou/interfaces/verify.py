"""Does everything still hold? The record's chains, the totals, the cases, the working set against the lake."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import duckdb
import pyarrow as pa
from django.db import connection

from qingshou.audit import verification
from qingshou.edges import clock
from qingshou.features.contact.queries.invariants import count_broken
from qingshou.features.oversight.checks import CHECKS, run_checks
from qingshou.features.oversight.queries import latest_done
from qingshou.features.repayment.queries.invariants import count_broken_money
from qingshou.tenancy.context import using
from qingshou.tenancy.queries import get_tenant

_SHOWN_MAX = 20
# what a class is: compared loan by loan between PostgreSQL and the classified file of the lake
_CLASS_COLUMNS = ("severity", "regulatory_class", "overdue_days", "bucket", "stage", "balance", "arrears")


@dataclass(frozen=True, slots=True)
class Answer:
    """One invariant: how many things break it (0 is right)."""

    name: str
    invariant: str
    wrong: int
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """All that was checked for one lender."""

    lender: str
    answers: tuple[Answer, ...]

    @property
    def is_sound(self) -> bool:
        return all(answer.wrong == 0 for answer in self.answers)

    def as_dict(self) -> dict[str, object]:
        return {"lender": self.lender, "is_sound": self.is_sound, "answers": [asdict(one) for one in self.answers]}


def verify(*, tenant_id: UUID, home: Path) -> Verified:
    """Check every invariant that exists for one lender; changes nothing.

    Gives   Verified  one answer an invariant, with the first ids of what is wrong (never personal data)
    """
    lender = get_tenant(tenant_id=tenant_id)
    with using(tenant_id):
        invariants = {check.name: check.invariant for check in CHECKS}
        answers = [Answer(name, invariants[name], count) for name, count in run_checks(tenant_id).items()]
        answers += [
            Answer(one.name, one.invariant, count)
            for one, count in count_broken(tenant_id=tenant_id, on=clock.today(lender.time_zone)).items()
        ]
        answers += [
            Answer(one.name, one.invariant, count) for one, count in count_broken_money(tenant_id=tenant_id).items()
        ]
        answers.append(_record())
        answers.append(_working_set(tenant_id, home))
    return Verified(lender.code, tuple(answers))


def _record() -> Answer:
    found = verification.verify()
    first = found.findings[:_SHOWN_MAX]
    shown = tuple(f"{one.code} {one.subject_kind} {one.subject_id or one.on_date}" for one in first)
    return Answer("record", "I9", len(found.findings), shown)


def _working_set(tenant_id: UUID, home: Path) -> Answer:
    """Compare the working set of the latest day with the classified file of the lake, loan by loan."""
    as_of = latest_done()
    name = "working_set_differs_from_lake"
    if as_of is None:
        return Answer(name, "DAY", 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT path FROM delinquency_classification WHERE tenant_id = %s AND as_of = %s", [tenant_id, as_of]
        )
        row = cursor.fetchone()
        cursor.execute(
            f"SELECT loan_ref, {', '.join(_CLASS_COLUMNS)} FROM book_loan "  # noqa: S608
            "WHERE tenant_id = %s AND as_of = %s ORDER BY loan_ref",
            [tenant_id, as_of],
        )
        held = cursor.fetchall()
    if row is None or not (home / row[0]).is_file():
        return Answer(name, "DAY", len(held), ("the classified file of the day is missing from the lake",))
    differing = _differing(held, home / row[0])
    return Answer(name, "DAY", len(differing), tuple(differing[:_SHOWN_MAX]))


def _differing(held: Sequence[tuple[object, ...]], classified: Path) -> list[str]:
    names = ("loan_id", *_CLASS_COLUMNS)
    texts = {name: pa.array([_text(row[place]) for row in held], pa.string()) for place, name in enumerate(names)}
    with duckdb.connect(":memory:") as engine:
        engine.register("held", pa.table(texts))
        path = str(classified).replace("'", "''")
        engine.execute(
            f"CREATE TABLE lake AS SELECT * FROM read_parquet('{path}') "  # noqa: S608
            "WHERE loan_id IN (SELECT loan_id FROM held)"
        )
        conditions = " OR ".join(f"{_compared(name)}" for name in _CLASS_COLUMNS)
        rows = engine.execute(
            f"SELECT h.loan_id FROM held h LEFT JOIN lake l USING (loan_id) "  # noqa: S608
            f"WHERE l.loan_id IS NULL OR {conditions} ORDER BY 1"
        ).fetchall()
    return [str(row[0]) for row in rows]


def _compared(name: str) -> str:
    kind = {"balance": "DECIMAL(20,3)", "arrears": "DECIMAL(20,3)"}.get(name, "VARCHAR")
    return f"h.{name}::{kind} IS DISTINCT FROM l.{name}::{kind}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)

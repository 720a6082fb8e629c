"""The day's step over all cases: opened, moved, closed, brought up to date and dealt out, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import combinations, product
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.types.json import Jsonb

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record_many
from qingshou.features.book.identity import CASE, identify
from qingshou.features.cases.dealing import Dealt, Person, ToDeal, deal
from qingshou.features.cases.errors import NobodyToOwn
from qingshou.features.cases.operations import day_sql
from qingshou.features.cases.operations.numbering import next_number, spell_number
from qingshou.features.cases.process import OF_THE_BOOK, CaseFacts, Process
from qingshou.features.cases.process_reading import current_process, get_process
from qingshou.features.cases.queries.day_facts import debtor_facts_sql
from qingshou.features.cases.queries.people import list_people
from qingshou.features.cases.queue_sql import LATER_FACTS, reason_sql, tier_sql, weight_sql
from qingshou.features.cases.rules import STAY, judge_day

_TABLES = ("day_facts", "day_moves", "day_stages", "day_holds", "day_dealt", "day_numbered", "day_cases", "day_new")
_SEVERITIES = ("NONE", "UNKNOWN", "MILD", "MODERATE", "SEVERE")


@dataclass(frozen=True, slots=True)
class CasesReport:
    """What the day did to the cases."""

    debtors: int
    opened: int
    moved: int
    closed: int
    updated: int
    dealt: int
    unassigned: int


def take_day(*, tenant_id: UUID, as_of: date, now: datetime, actor: Actor) -> CasesReport:
    """Bring all cases up to the day: open for debtors newly overdue, move, close, update figures and queue, deal out.

    Takes   as_of  the working set must hold this day
    Gives   CasesReport; a second call for the same day changes nothing
    Stops   NobodyToOwn  a case must be opened and the lender has nobody who could own it
    """
    day = _Day(tenant_id=tenant_id, as_of=as_of, now=now, actor=actor, process=current_process())
    with transaction.atomic(), connection.cursor() as cursor:
        return day.take(cursor)


@dataclass(slots=True)
class _Day:
    tenant_id: UUID
    as_of: date
    now: datetime
    actor: Actor
    process: Process

    @property
    def _given(self) -> dict[str, object]:
        return {
            "tenant": self.tenant_id,
            "as_of": self.as_of,
            "version": self.process.version,
            "code": self.process.code,
        }

    def take(self, cursor: CursorWrapper) -> CasesReport:
        people = list_people(with_loads=False)
        cursor.execute(day_sql.PREPARE)
        cursor.execute(day_sql.LOCK, self._given)
        self._lay_facts(cursor)
        self._lay_process(cursor)
        cursor.execute(day_sql.LIVE, self._given)
        cursor.execute("ANALYZE day_cases (id, borrower_id, stage, owner_id)")
        cursor.execute(day_sql.NEW, self._given | {"opens": Jsonb(dict(self.process.opens))})
        self._place(cursor, "day_new")
        self._place(cursor, "day_cases")
        self._number(cursor)
        dealt = self._deal(cursor, people)
        self._place(cursor, "day_cases", only="WHERE d.id IN (SELECT case_id FROM day_dealt)")
        closed = self._write(cursor, day_sql.CLOSE)
        updated = self._write(cursor, day_sql.UPDATE)
        opened = self._write(cursor, day_sql.INSERT)
        moved = self._record(cursor, dealt)
        debtors = _count(cursor, "SELECT count(*) FROM day_facts")
        for table in _TABLES:
            cursor.execute(f"DROP TABLE {table}")
        unassigned = sum(1 for one in dealt if one.is_unassigned)
        return CasesReport(debtors, opened, moved, closed, updated, len(dealt) - unassigned, unassigned)

    def _lay_facts(self, cursor: CursorWrapper) -> None:
        cursor.execute(f"CREATE TEMP TABLE day_facts ON COMMIT DROP AS {debtor_facts_sql()}", self._given)
        cursor.execute("ANALYZE day_facts (borrower_id, severity, outcome)")

    def _lay_process(self, cursor: CursorWrapper) -> None:
        cursor.execute(day_sql.TABLES)
        cursor.execute(
            "SELECT DISTINCT process_code, process_version FROM cases_case WHERE tenant_id = %(tenant)s "
            "AND closed_on IS NULL",
            self._given,
        )
        used = {(code, version) for code, version in cursor.fetchall()} | {(self.process.code, self.process.version)}
        processes = [get_process(code, version) for code, version in sorted(used)]
        _copy(cursor, "day_moves", [row for one in processes for row in moves_of(one)])
        _copy(cursor, "day_stages", [row for one in processes for row in _stages_of(one)])
        _copy(cursor, "day_holds", sorted({hold for one in processes for hold in _holds_of(one)}))

    def _place(self, cursor: CursorWrapper, table: str, only: str = "") -> None:
        """Write each row's tier of the queue; again where dealing has changed what comes next."""
        source = f"(SELECT d.*, {LATER_FACTS}) AS facts"
        tier = tier_sql(self.process.queue, row="facts")
        cursor.execute(
            f"UPDATE {table} d SET queue_tier = (SELECT {tier} FROM {source}) {only}",  # noqa: S608
            self._given,
        )

    def _number(self, cursor: CursorWrapper) -> None:
        """Give new cases their ids and numbers, in the order of the debtors' references: restarts change neither."""
        cursor.execute("SELECT borrower_id, borrower_ref FROM day_new ORDER BY borrower_ref")
        rows = cursor.fetchall()
        if not rows:
            return
        first = next_number(self.as_of.year)
        _copy(
            cursor,
            "day_numbered",
            [
                (identify(self.tenant_id, CASE, ref, self.as_of), borrower, spell_number(self.as_of.year, turn))
                for turn, (borrower, ref) in enumerate(rows, start=first)
            ],
        )
        cursor.execute("ANALYZE day_numbered")

    def _deal(self, cursor: CursorWrapper, people: Sequence[Person]) -> list[Dealt]:
        weight = weight_sql("d.queue_tier", row="d")
        given = {
            "owners": [one.user_id for one in people],
            "roles": Jsonb({str(one.user_id): one.role for one in people}),
        }
        cursor.execute(day_sql.LOADS, self._given | {"roles": given["roles"]})
        loads = dict(cursor.fetchall())
        people = [replace(one, load_cases=loads.get(one.user_id, 0)) for one in people]
        cursor.execute(day_sql.TO_DEAL.format(new_weight=weight, live_weight=weight), given)
        rows = cursor.fetchall()
        rows.extend(self._waiting(cursor, people, weight))
        if rows and not people:
            raise NobodyToOwn(
                "Cases must be opened, and the lender has nobody who could own them: add a team lead or administrator."
            )
        rows.sort(key=lambda row: (row[6], -row[7], str(row[8])))
        dealt = deal([ToDeal(*row[:6]) for row in rows], people)
        if len(dealt) < len(rows):
            raise NobodyToOwn(
                "Some cases fit nobody, and there is no team lead or administrator to hold them: add one first."
            )
        _copy(cursor, "day_dealt", [(one.case_id, one.owner_id, one.reason) for one in dealt])
        cursor.execute(day_sql.HANDS, self._given)
        return dealt

    def _waiting(self, cursor: CursorWrapper, people: Sequence[Person], weight: str) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        present = [one for one in people if one.is_present]
        for role in sorted({one.role for one in present}):
            room = sum(max(0, one.capacity_cases - one.load_cases) for one in present if one.role == role)
            if room:
                cursor.execute(
                    day_sql.WAITING.format(weight=weight),
                    {"role": role, "room": room, "owners": [one.user_id for one in people]},
                )
                rows.extend(cursor.fetchall())
        return rows

    def _write(self, cursor: CursorWrapper, statement: str) -> int:
        weight, reason = weight_sql("d.queue_tier", row="d"), reason_sql("d.queue_tier")
        cursor.execute(statement.format(weight=weight, reason=reason), self._given)
        return int(cursor.rowcount)

    def _record(self, cursor: CursorWrapper, dealt: Sequence[Dealt]) -> int:
        """Record every change in the cases' chains; gives how many cases changed their stage and live on."""
        hands = {one.case_id: one for one in dealt}
        cursor.execute(day_sql.CHANGES)
        rows = cursor.fetchall()
        entries = [entry for row in rows for entry in self._entries_of_change(row, hands)]
        cursor.execute(
            "SELECT n.case_id, n.number, d.stage, d.severity, d.overdue_days, d.arrears FROM day_new d "
            "JOIN day_numbered n ON n.borrower_id = d.borrower_id ORDER BY n.number"
        )
        entries.extend(self._entry_of_opening(row, hands[row[0]]) for row in cursor.fetchall())
        record_many(entries=entries, actor=self.actor, now=self.now)
        return sum(1 for row in rows if row[3] is not None and row[2] != "CLOSED")

    def _entries_of_change(self, row: Sequence[Any], hands: dict[UUID, Dealt]) -> list[Entry]:
        case_id, old, new, trigger, is_late, severity, days, arrears, old_owner, owner, action, action_on, *told = row
        is_gone, is_back = told
        process = f"{self.process.code} {self.process.version}"
        facts = {"from": old, "to": new, "trigger": trigger, "severity": severity, "overdue_days": days,
                 "arrears": arrears, "as_of": self.as_of}  # fmt: skip
        entries = []
        if new == "CLOSED":
            entries.append(Entry("CASE", case_id, "CASE_CLOSED", facts, process))
        elif trigger is not None:
            more = {"next_action": action, "next_action_on": action_on}
            entries.append(Entry("CASE", case_id, "CASE_MOVED", facts | more, process))
        elif is_late:
            late = {"stage": new, "next_action": action, "next_action_on": action_on, "as_of": self.as_of}
            entries.append(Entry("CASE", case_id, "CASE_OVERSTAYED", late, process))
        elif is_gone or is_back:
            found = {"next_action": action, "next_action_on": action_on, "as_of": self.as_of}
            entries.append(Entry("CASE", case_id, "CASE_OFF_TAPE" if is_gone else "CASE_ON_TAPE", found))
        if owner != old_owner and case_id in hands:
            entries.append(Entry("CASE", case_id, "CASE_ASSIGNED", _why(hands[case_id]) | {"from": old_owner}))
        return entries

    def _entry_of_opening(self, row: Sequence[Any], dealt: Dealt) -> Entry:
        case_id, number, stage, severity, days, arrears = row
        facts = {"number": number, "stage": stage, "severity": severity, "overdue_days": days, "arrears": arrears,
                 "as_of": self.as_of} | _why(dealt)  # fmt: skip
        return Entry("CASE", case_id, "CASE_OPENED", facts, f"{self.process.code} {self.process.version}")


def _why(dealt: Dealt) -> dict[str, object]:
    return {"owner": dealt.owner_id, "why": dealt.reason, **dealt.facts}


def moves_of(process: Process) -> list[tuple[object, ...]]:
    """Return rules.judge_day written out: one row for every state of a case that the day moves."""
    rows: list[tuple[object, ...]] = []
    for stage in process.stages.values():
        if stage.is_terminal:
            continue
        holds = sorted({move.unless_done for move in stage.moves if move.unless_done})
        held_sets = [set(some) for size in range(len(holds) + 1) for some in combinations(holds, size)]
        for severity, outcome, past, held in product(_SEVERITIES, ("", *OF_THE_BOOK), (False, True), held_sets):
            facts = CaseFacts(stage.code, severity, str(outcome), past, frozenset(held))
            verdict = judge_day(process, facts)
            if verdict.value != STAY:
                key = (process.version, stage.code, severity, str(outcome), past, ",".join(sorted(held)))
                rows.append((*key, verdict.value, str(verdict.reasons[0].fields["trigger"])))
    return rows


def _stages_of(process: Process) -> list[tuple[object, ...]]:
    return [
        (
            process.version,
            stage.code,
            stage.role,
            stage.allowed_days,
            stage.first_action.action if stage.first_action else None,
            stage.first_action.in_days if stage.first_action else None,
            stage.deadline_action.action if stage.deadline_action else None,
            stage.deadline_action.in_days if stage.deadline_action else None,
        )
        for stage in process.stages.values()
    ]


def _holds_of(process: Process) -> set[tuple[str, str]]:
    return {
        (stage.code, move.unless_done) for stage in process.stages.values() for move in stage.moves if move.unless_done
    }


def _copy(cursor: CursorWrapper, table: str, rows: Sequence[Sequence[object]]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _count(cursor: CursorWrapper, statement: str) -> int:
    cursor.execute(statement)
    row = cursor.fetchone()
    return int(row[0]) if row else 0

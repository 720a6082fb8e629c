"""`qingshou law contact replay`: each event with its verdict, compared with what the file expects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.table import Table

from qingshou.interfaces.commands.law_words import reason_words, reasons_json
from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Reason
from qingshou.law.contact.door import contact_law
from qingshou.law.contact.events import Case, Event, read_cases
from qingshou.law.contact.history import judge_history
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.us.reg_f.frequency import Replay
from qingshou.law.us.reg_f.frequency import replay as reg_f_replay
from qingshou.law.us.reg_f.questions import Answer, answer

_SHOWN = ("date", "time", "channel", "direction", "placed_by", "person", "number", "debts", "outcome",
          "conversation_about", "consent_for", "why")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One event judged."""

    event: Event
    verdict: str | None
    reasons: tuple[Reason, ...]
    notices: tuple[Reason, ...] = ()
    region_verdict: str | None = None
    region_reasons: tuple[Reason, ...] = ()

    @property
    def expected(self) -> str | None:
        """What the file expects; None where it expects nothing."""
        found = self.event.raw.get("expected")
        return None if found is None else str(found)

    @property
    def agrees(self) -> bool | None:
        """Whether the verdict is the expected one."""
        return None if self.expected is None else self.expected in (self.verdict, self.region_verdict)


@dataclass(frozen=True, slots=True)
class Judged:
    """A file judged."""

    jurisdiction: str
    region: str
    cases: tuple[tuple[Case, tuple[Line, ...], Replay | None], ...]
    questions: tuple[tuple[Mapping[str, Any], Answer | None], ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many were judged, and how many of those with an expectation agreed."""
        agreements = [line.agrees for _, lines, _ in self.cases for line in lines]
        agreements += [_summary_agrees(case, found) for case, _, found in self.cases]
        agreements += [_answer_agrees(asked, found) for asked, found in self.questions]
        judged = sum(line.verdict is not None for _, lines, _ in self.cases for line in lines)
        judged += sum(found is not None for _, found in self.questions)
        return {
            "judged": judged,
            "agreed": sum(one is True for one in agreements),
            "differ": sum(one is False for one in agreements),
            "not_judged": sum(found is None for _, found in self.questions),
        }


def judge(given: Any, *, jurisdiction: str, region: str, collector_kind: str) -> Judged:
    """Judge a file: Regulation F in its own words for collectors in the United States, hours and counters elsewhere."""
    cases = read_cases(given)

    def law_on(day: date) -> ContactLaw:
        return contact_law(jurisdiction=jurisdiction, region=region, on=day, collector_kind=collector_kind)

    def region_law_on(day: date) -> ContactLaw:
        # What the part of the place adds: Regulation F is judged by itself.
        return contact_law(jurisdiction=jurisdiction, region=region, on=day, collector_kind="CREDITOR")

    found: list[tuple[Case, tuple[Line, ...], Replay | None]] = []
    for case in cases:
        if jurisdiction == "us" and collector_kind == "COLLECTOR":
            replayed = reg_f_replay(case)
            lines = [Line(one.event, one.verdict, one.reasons, one.notices) for one in replayed.judged]
            if region:
                findings = judge_history(case, region_law_on)
                lines = [
                    Line(one.event, one.verdict, one.reasons, one.notices, more.verdict, more.reasons)
                    for one, more in zip(lines, findings, strict=True)
                ]
            found.append((case, tuple(lines), replayed))
        else:
            findings = judge_history(case, law_on)
            found.append((case, tuple(Line(one.event, one.verdict, one.reasons) for one in findings), None))
    return Judged(jurisdiction, region, tuple(found), tuple(_questions(given, jurisdiction)))


def judged_json(found: Judged) -> dict[str, Any]:
    """Lay out a judged file for machines."""
    about: dict[str, Any] = {"jurisdiction": found.jurisdiction, "region": found.region}
    about["cases"] = [
        {
            "id": case.id,
            "title": case.title,
            "events": [_line_json(line) for line in lines],
            "summary": _summary_json(case, lines, replayed),
        }
        for case, lines, replayed in found.cases
    ]
    about["questions"] = [
        {
            **{key: asked.get(key) for key in ("id", "section", "q", "ask", "expected") if key in asked},
            "answer": answered.found if answered else None,
            "reasons": reasons_json(answered.reasons) if answered else [],
            "agrees": _answer_agrees(asked, answered),
            **(
                {}
                if answered
                else {"why_not_judged": "a question in words: give its facts with `ask` to have it judged"}
            ),
        }
        for asked, answered in found.questions
    ]
    return {**about, **found.counts}


def judged_tables(found: Judged) -> Iterator[Table]:
    """Lay out a judged file for people: one table a case."""
    for case, lines, replayed in found.cases:
        table = Table("when", "what", "verdict", "why", "expected", title=f"{case.id} {case.title}".strip())
        table.columns[2].no_wrap = True
        for line in lines:
            why = "; ".join(reason_words(one) for one in (*line.reasons, *line.region_reasons, *line.notices))
            what = f"{line.event.channel}: {line.event.outcome}".replace("_", " ")
            mark = {None: "", True: "agrees", False: f"[bold red]{line.expected}[/bold red]"}[line.agrees]
            table.add_row(f"{line.event.at:%Y-%m-%d %H:%M}", what, _verdict_words(line, found.region), why, mark)
        if replayed and replayed.flags:
            table.caption = "may rebut compliance: " + "; ".join(
                f"{flag.on} {reason_words(flag.reason)}" for flag in replayed.flags
            )
        yield table
    if found.questions:
        table = Table("question", "answer", "expected")
        for asked, answered in found.questions:
            shown = str(answered.found) if answered else "a question in words: not judged"
            table.add_row(
                f"{asked.get('id', '')} {asked.get('q', asked.get('ask', ''))}", shown, str(asked.get("expected", ""))
            )
        yield table


def _verdict_words(line: Line, region: str) -> str:
    words = (line.verdict or "-").removeprefix("presumed_").replace("_", " ")
    return f"{words}\n{region}: {line.region_verdict}" if line.region_verdict else words


def _line_json(line: Line) -> dict[str, Any]:
    shown = {key: line.event.raw[key] for key in _SHOWN if key in line.event.raw}
    shown |= {"verdict": line.verdict, "reasons": reasons_json(line.reasons)}
    if line.notices:
        shown["notices"] = reasons_json(line.notices)
    if line.region_verdict is not None:
        shown |= {"region_verdict": line.region_verdict, "region_reasons": reasons_json(line.region_reasons)}
    return {**shown, "expected": line.expected, "agrees": line.agrees}


def _summary_json(case: Case, lines: tuple[Line, ...], replayed: Replay | None) -> dict[str, Any]:
    counts: dict[str, Any] = {}
    for line in lines:
        name = line.verdict or "not_judged"
        counts[name] = counts.get(name, 0) + 1
    if replayed is not None:
        first = replayed.rebuttal_flag_on
        counts["rebuttal_flag_on"] = first.isoformat() if first else None
        counts["rebuttal_flags"] = [
            {"date": flag.on.isoformat(), **reasons_json([flag.reason])[0]} for flag in replayed.flags
        ]
    if case.expected_summary:
        counts |= {"expected": case.expected_summary, "agrees": _summary_agrees(case, replayed)}
    return counts


def _summary_agrees(case: Case, replayed: Replay | None) -> bool | None:
    if "rebuttal_flag_on" not in case.expected_summary or replayed is None:
        return None
    expected = case.expected_summary["rebuttal_flag_on"]
    dates = list(dict.fromkeys(flag.on.isoformat() for flag in replayed.flags))
    return dates == expected if isinstance(expected, list) else (dates[0] if dates else None) == expected


def _questions(given: Any, jurisdiction: str) -> Iterator[tuple[Mapping[str, Any], Answer | None]]:
    listed = given.get("other_cases") if isinstance(given, Mapping) and jurisdiction == "us" else None
    for place, asked in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(asked, Mapping):
            raise BadInput(f"other_cases[{place}]: write an object with `ask` and its facts.")
        yield asked, answer(asked, str(asked.get("id") or f"other_cases[{place}]")) if "ask" in asked else None


def _answer_agrees(asked: Mapping[str, Any], answered: Answer | None) -> bool | None:
    if answered is None or "expected" not in asked:
        return None
    return bool(asked["expected"] == answered.found)

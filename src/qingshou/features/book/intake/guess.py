"""Propose a mapping for any table: which column fills which target, in which form, how sure, and why."""

from dataclasses import asdict, dataclass, field
from typing import Any

from qingshou.features.book.intake.column_profile import ColumnProfile
from qingshou.features.book.intake.guess_forms import column_spec
from qingshou.features.book.intake.guess_names import name_score, synonyms
from qingshou.features.book.intake.judge import unmet_targets
from qingshou.features.book.intake.mapping import validate_mapping
from qingshou.features.book.intake.profile import FileProfile
from qingshou.features.book.intake.targets import FRAMES, Frame, Kind, Target
from qingshou.kernel.errors import BadInput

_LEAST = 0.45
# Filled by a constant when no column does; each is shown as an assumption to be confirmed.
_ASSUMED = {"borrower_kind": "RETAIL", "product": "OTHER", "currency": "CNY", "kind": "GENERAL"}
_SIGNS = (("NT$", "TWD"), ("HK$", "HKD"), ("$", "USD"), ("€", "EUR"), ("₹", "INR"))


@dataclass
class Guessed:
    """One proposal, with its confidence from 0 to 1 and the reasons a person can check."""

    frame: str
    target: str
    source: str
    confidence: float
    reasons: list[str]
    is_assumed: bool = False


@dataclass
class Proposal:
    """A mapping ready to be checked and saved: `raw` is its dictionary."""

    raw: dict[str, Any]
    columns: list[Guessed]
    unmet: list[str]
    unused: list[str] = field(default_factory=list)

    @property
    def tells_lateness(self) -> bool:
        """Whether a snapshot says how late its loans are; else days and severity stay unknown and no case opens."""
        columns = self.raw["columns"]
        return self.raw["shape"] != "snapshot" or "overdue_days" in columns or "oldest_due_date" in columns

    def as_dict(self) -> dict[str, Any]:
        return {
            "mapping": self.raw,
            "columns": [asdict(guessed) for guessed in self.columns],
            "unmet": self.unmet,
            "unused": self.unused,
            "tells_lateness": self.tells_lateness,
        }


def guess_shape(profile: FileProfile) -> str:
    """Return the shape whose required columns the file's headers fit best."""
    scores = {}
    for shape, frame in FRAMES.items():
        found = _pairs(profile, frame)
        best: dict[str, float] = {}
        for score, target, _column, _why in found:
            best[target.name] = max(best.get(target.name, 0), score)
        needed = [t.name for t in frame.targets if t.required and t.default is None and t.name not in _ASSUMED]
        needed = [name for name in needed if name != "days_basis"]
        coverage = sum(best.get(name, 0) for name in needed) / max(1, len(needed))
        extra = sum(score for name, score in best.items() if name not in needed and score > 0.8)
        # Meeting three needs says more than meeting one.
        scores[shape] = coverage * (1 + 0.15 * len(needed)) + min(extra, 6) * 0.08
    return max(scores, key=lambda shape: scores[shape])


def guess_mapping(profile: FileProfile, shape: str | None = None) -> Proposal:
    """Propose a mapping.

    Takes   profile   from `sniff`
            shape     snapshot, schedule, payments, pauses, people, guarantors, collaterals; None: the likeliest
    Gives   Proposal  `raw` passes the mapping's schema; `unmet` names required targets nothing fills
    """
    chosen = shape or guess_shape(profile)
    if chosen not in FRAMES:
        raise BadInput(f"There is no shape '{chosen}': choose one of {', '.join(FRAMES)}.")
    frame = FRAMES[chosen]
    guesses, columns = _assign(profile, frame, set())
    _borrower_from_loan(guesses, columns)
    also: dict[str, dict[str, Any]] = {}
    if frame.name == "loans":
        _status_flags(profile, guesses, columns)
        used = {guessed.source for guessed in guesses}
        people, people_columns = _assign(profile, FRAMES["people"], used - {_source_of(guesses, "borrower_id")})
        named = [guessed for guessed in people if guessed.target != "borrower_id"]
        if named and "borrower_id" in columns:
            people_columns["borrower_id"] = columns["borrower_id"]
            also["people"] = {name: people_columns[name] for name in people_columns}
            guesses += named
    _assume(profile, frame, guesses, columns)
    raw = _raw(profile, chosen, columns, also)
    sources = {guessed.source for guessed in guesses}
    return Proposal(
        raw=raw,
        columns=guesses,
        unmet=unmet_targets(frame, set(columns)),
        unused=[name for name in profile.headers if name not in sources],
    )


def _raw(profile: FileProfile, shape: str, columns: dict[str, Any], also: dict[str, Any]) -> dict[str, Any]:
    source: dict[str, Any] = {"format": profile.format, **profile.spec}
    if not profile.has_header:
        source["header"] = False
    if profile.format == "csv" and profile.delimiter:
        source["delimiter"] = profile.delimiter
    nulls = sorted({word for column in profile.columns for word in column.null_words})
    raw: dict[str, Any] = {"name": "proposed", "version": 1, "shape": shape, "source": source}
    if nulls:
        raw["defaults"] = {"null_tokens": nulls}
    raw["columns"] = columns or {FRAMES[shape].targets[0].name: {"row_number": True}}
    if also:
        raw["also"] = also
    faults = validate_mapping(raw)
    if faults:
        raise BadInput(f"The proposal does not fit the schema: {'; '.join(faults[:3])}")
    return raw


def _pairs(profile: FileProfile, frame: Frame) -> list[tuple[float, Target, ColumnProfile, list[str]]]:
    names = synonyms()[frame.name]
    found = []
    for target in frame.targets:
        for column in profile.columns:
            score, why = name_score(column.name, names.get(target.name, frozenset()))
            fits, value_why = value_score(target, column)
            total = score * fits
            if total > 0.1:
                found.append((total, target, column, [text for text in (why, value_why) if text]))
    return found


def value_score(target: Target, column: ColumnProfile) -> tuple[float, str]:
    """Return how well a column's values fit a target (0 to 1), and why."""
    if column.filled_share == 0:
        return 0.3, "the column is empty in the sample"
    match target.kind:
        case Kind.DATE:
            share = column.date_share
            return (share, f"{share:.0%} read as dates") if share > 0.5 else (0.15, "values are no dates")
        case Kind.MONEY | Kind.RATE | Kind.WHOLE:
            share = column.number_share
            if share < 0.5:
                return 0.15, "values are no numbers"
            is_odd = target.kind is Kind.WHOLE and not column.is_whole
            return (0.4 if is_odd else share), f"{share:.0%} read as numbers"
        case Kind.BOOL:
            return (1.0, "two values") if column.is_yes_no or column.distinct <= 3 else (0.3, "more than two values")
        case Kind.CURRENCY:
            is_code = all(len(text) == 3 and text.isalpha() for text in column.samples)
            return (1.0, "three letters") if is_code else (0.4, "not ISO codes")
    if target.name in ("loan_id", "payment_id", "collateral_id") and column.is_unique:
        return 1.0, "every value differs"
    if target.name == "loan_id":
        return 0.8, ""
    if column.date_share > 0.9 and column.date_formats != ["%Y%m%d"]:
        return 0.3, "values are dates"
    return 0.95, ""


def _assign(profile: FileProfile, frame: Frame, taken: set[str]) -> tuple[list[Guessed], dict[str, Any]]:
    """Give each target its best column, the surest pair first; a column serves once per frame."""
    guesses: list[Guessed] = []
    columns: dict[str, Any] = {}
    used = set(taken)
    for score, target, column, reasons in sorted(_pairs(profile, frame), key=lambda pair: (-pair[0], pair[2].position)):
        if score < _LEAST or target.name in columns or column.name in used or target.name == "days_basis":
            continue
        spec, notes, certainty = column_spec(target, column, has_header=profile.has_header)
        columns[target.name] = spec
        used.add(column.name)
        guesses.append(Guessed(frame.name, target.name, column.name, round(score * certainty, 2), reasons + notes))
    if frame.name == "loans" and "loan_id" not in columns:
        _unique_as_loan(profile, used, guesses, columns)
    return guesses, columns


def _unique_as_loan(profile: FileProfile, used: set[str], guesses: list[Guessed], columns: dict[str, Any]) -> None:
    """Take the first column whose values all differ for the loan number; without one, the row number."""
    for column in profile.columns:
        if column.is_unique and column.name not in used and column.distinct > 1 and not column.date_share > 0.9:
            columns["loan_id"] = {"from": column.name} if profile.has_header else {"position": column.position}
            guesses.append(Guessed("loans", "loan_id", column.name, 0.5, ["every value of the column differs"]))
            return
    columns["loan_id"] = {"row_number": True}
    guesses.append(
        Guessed("loans", "loan_id", "(row number)", 0.2, ["no column has a different value in every row"], True)
    )


def _source_of(guesses: list[Guessed], target: str) -> str:
    return next((guessed.source for guessed in guesses if guessed.target == target), "")


def _borrower_from_loan(guesses: list[Guessed], columns: dict[str, Any]) -> None:
    if "loan_id" in columns and "borrower_id" not in columns and guesses and guesses[0].frame == "loans":
        columns["borrower_id"] = dict(columns["loan_id"])
        why = "the tape has no customer number: the loan number stands for it"
        guesses.append(Guessed("loans", "borrower_id", _source_of(guesses, "loan_id"), 0.5, [why], True))


def _status_flags(profile: FileProfile, guesses: list[Guessed], columns: dict[str, Any]) -> None:
    """A status column with few words often says both written off and closed: propose both readings of it."""
    from qingshou.features.book.intake.guess_forms import CLOSED_WORDS, WRITTEN_OFF_WORDS, flag_map

    readings = (("is_written_off", WRITTEN_OFF_WORDS), ("is_closed", CLOSED_WORDS))
    for column in profile.columns:
        if not 1 < column.distinct <= 12 or not column.values:
            continue
        for target, words in readings:
            table, hits = flag_map(column, words)
            known = columns.get(target)
            if hits and (known is None or known.get("from") == column.name):
                place = {"from": column.name} if profile.has_header else {"position": column.position}
                columns[target] = {**place, "map": table, "otherwise": False}
                guesses[:] = [guessed for guessed in guesses if guessed.target != target]
                why = f"{', '.join(hits)} means so"
                guesses.append(Guessed("loans", target, column.name, 0.7, [why]))


def _currency_by_sign(profile: FileProfile) -> tuple[str, str]:
    """Return the currency whose sign the amounts carry, with the reason; the assumed one where they carry none."""
    for column in profile.columns:
        if not (column.number or {}).get("currency"):
            continue
        for sign, code in _SIGNS:
            if any(sign in text for text in column.samples):
                return code, f"amounts carry the sign {sign}: please confirm"
    return _ASSUMED["currency"], "no column says it: please confirm"


def _assume(profile: FileProfile, frame: Frame, guesses: list[Guessed], columns: dict[str, Any]) -> None:
    for target in frame.targets:
        if target.required and target.name in _ASSUMED and target.name not in columns:
            if target.name == "kind" and frame.name != "guarantors":
                continue
            value, why = _ASSUMED[target.name], "no column says it: please confirm"
            if target.name == "currency":
                value, why = _currency_by_sign(profile)
            columns[target.name] = {"constant": value}
            guesses.append(Guessed(frame.name, target.name, f"'{value}'", 0.2, [why], True))

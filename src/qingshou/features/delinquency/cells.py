"""What each figure counts. One definition gives both the number and the rows behind it, so that they cannot differ.

A cell is (view of lake_views.py, key, condition). Summing its loans gives the figure, listing them gives the drill.
Keys and conditions use only the columns of DIMENSIONS: the book is first summed up by these, then every cell is counted
from the sums.
"""

from dataclasses import dataclass

# The columns a cell may be keyed by or conditioned on, for each view.
DIMENSIONS = {
    "now": (
        "product", "branch", "severity", "state", "regulatory_class", "regulatory_reason", "stage", "days_basis",
        "is_live", "is_non_performing", "is_overdue", "is_30", "is_90", "is_known",
    ),
    "before": ("product", "branch", "state", "is_live", "is_known", "is_overdue"),
    "pair": (
        "state_before", "state_after", "severity_before", "severity_after", "bucket_before", "bucket_after", "was_live",
        "is_live",
    ),
    "reached": ("cohort", "first_30_date", "first_90_date"),
}  # fmt: skip
MEASURES = {
    "now": ("balance", "arrears", "provision"),
    "before": ("balance",),
    "pair": ("balance_before", "balance_after", "balance_change"),
    "reached": (),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Loans that are counted together: where to look, under which key, which of them, and which amount is summed."""

    name: str
    source: str
    key: str
    where: str
    amount: str = ""
    second_amount: str = ""  # kept as the figure's numerator where a share has another than its amount
    ending: str = ""  # what all its keys end with, where another cell of the name has other keys


@dataclass(frozen=True, slots=True)
class Rate:
    """A share: the loans (or balances) of one cell over those of another with the same key."""

    name: str
    part: Cell
    whole: Cell

    @property
    def measures(self) -> tuple[str, ...]:
        return ("COUNT", "BALANCE") if self.part.amount else ("COUNT",)


_LIVE = "is_live"
_OVERDUE = "is_live AND is_overdue"

SNAPSHOT_CELLS = (
    Cell("book", "now", "'ALL'", _LIVE, "balance"),
    Cell("structure_severity", "now", "severity", _LIVE, "balance"),
    Cell("structure_class", "now", "regulatory_class", _LIVE, "balance"),
    Cell("structure_stage", "now", "stage", _LIVE, "balance"),
    Cell("structure_bucket", "now", "state", _LIVE, "balance"),
    Cell("provision_class", "now", "regulatory_class", _LIVE, "provision"),
    Cell("arrears_by", "now", "product || '|' || branch", _OVERDUE, "arrears", "balance"),
    Cell("days_basis", "now", "days_basis", _LIVE),
    Cell("days_unknown", "now", "'ALL'", "is_live AND NOT is_known", "balance"),
    Cell("unclassified", "now", "regulatory_reason", "is_live AND regulatory_class = 'UNCLASSIFIED'", "balance"),
    Cell("non_performing", "now", "'ALL'", "is_live AND is_non_performing", "balance"),
)

# Part of a book is overdue by more and more; days unknown stand outside both part and whole.
_KNOWN = "is_live AND is_known"


def _overdue(key: str, condition: str) -> Rate:
    return Rate(
        "overdue_rate",
        Cell("overdue_rate", "now", f"'{key}'", f"{_KNOWN} AND {condition}", "balance"),
        Cell("overdue_rate", "now", f"'{key}'", _KNOWN, "balance"),
    )


SNAPSHOT_RATES = (_overdue("D1", "is_overdue"), _overdue("D30", "is_30"), _overdue("D90", "is_90"))


def _moves(name: str, before: str, after: str, worst_first: str) -> tuple[Cell, ...]:
    """Return the lines of a waterfall over groups: what a group held, what came, what went, what it holds.

    Takes   before, after  the group of a loan on either date (SQL); not overdue is 'NONE' or 'M0'
            worst_first    SQL list of the groups that have an order, from not overdue to worst; others are unordered

    Every line adds the opening balance of what leaves and the closing balance of what comes, so the lines add up to the
    closing balance exactly; what stays adds its change of balance.
    """
    old, new = f"list_position({worst_first}, {before})", f"list_position({worst_first}, {after})"
    both = "was_live AND is_live"
    grouped_before, grouped_after = f"{before} NOT IN ('NONE', 'M0')", f"{after} NOT IN ('NONE', 'M0')"
    moved = f"{both} AND {before} <> {after}"
    unordered = f"{moved} AND ({old} IS NULL OR {new} IS NULL)"
    lines = (
        ("OPENING", before, f"was_live AND {grouped_before}", "balance_before"),
        ("NEW", after, f"NOT was_live AND is_live AND {grouped_after}", "balance_after"),
        ("ENTERED", after, f"{moved} AND {old} = 1 AND {new} > 1", "balance_after"),
        ("ROLLED_IN", after, f"{moved} AND {old} > 1 AND {new} > {old}", "balance_after"),
        ("ROLLED_BACK_IN", after, f"{moved} AND {new} > 1 AND {new} < {old}", "balance_after"),
        ("REASSESSED_IN", after, f"{unordered} AND {grouped_after}", "balance_after"),
        ("BALANCE_CHANGE", before, f"{both} AND {before} = {after} AND {grouped_before}", "balance_change"),
        ("CURED", before, f"{moved} AND {old} > 1 AND {new} = 1", "balance_before"),
        ("ROLLED_OUT", before, f"{moved} AND {old} > 1 AND {new} > {old}", "balance_before"),
        ("ROLLED_BACK_OUT", before, f"{moved} AND {new} > 1 AND {new} < {old}", "balance_before"),
        ("REASSESSED_OUT", before, f"{unordered} AND {grouped_before}", "balance_before"),
        ("WRITTEN_OFF", before, f"was_live AND state_after = 'WRITTEN_OFF' AND {grouped_before}", "balance_before"),
        ("PAID_OFF", before, f"was_live AND state_after = 'PAID_OFF' AND {grouped_before}", "balance_before"),
        ("GONE", before, f"was_live AND state_after = 'GONE' AND {grouped_before}", "balance_before"),
        ("CLOSING", after, f"is_live AND {grouped_after}", "balance_after"),
    )
    return tuple(
        Cell(name, "pair", f"{group} || '|{line}'", where, amount, ending=f"|{line}")
        for line, group, where, amount in lines
    )


WATERFALL_IN = ("OPENING", "NEW", "ENTERED", "ROLLED_IN", "ROLLED_BACK_IN", "REASSESSED_IN", "BALANCE_CHANGE")
WATERFALL_OUT = ("CURED", "ROLLED_OUT", "ROLLED_BACK_OUT", "REASSESSED_OUT", "WRITTEN_OFF", "PAID_OFF", "GONE")
WATERFALL_LINES = (*WATERFALL_IN, *WATERFALL_OUT, "CLOSING")
WATERFALLS = {
    "waterfall": ("MILD", "MODERATE", "SEVERE", "UNKNOWN"),
    "waterfall_bucket": ("M1", "M2", "M3", "M4", "M5", "M6", "M7", "UNKNOWN"),
}

PAIR_CELLS = (
    # the opening balance weighs the row (its shares add up to 1); the closing balance gives the desk's roll rate
    Cell("roll_matrix", "pair", "state_before || '>' || state_after", "was_live", "balance_before", "balance_after"),
    *_moves("waterfall", "severity_before", "severity_after", "['NONE', 'MILD', 'MODERATE', 'SEVERE']"),
    *_moves(
        "waterfall_bucket", "state_before", "CASE WHEN is_live THEN state_after END",
        "['M0', 'M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M7']",
    ),
)  # fmt: skip

_WAS_LATE = "was_live AND bucket_before > 0"
PAIR_RATES = (
    Rate(
        "entry_rate",
        Cell("entry_rate", "pair", "'ALL'", "was_live AND is_live AND bucket_before = 0 AND bucket_after > 0",
             "balance_after"),
        Cell("entry_rate", "pair", "'ALL'", "was_live AND bucket_before = 0", "balance_before"),
    ),
    Rate(
        "cure_rate",
        Cell("cure_rate", "pair", "state_before", f"{_WAS_LATE} AND is_live AND bucket_after = 0", "balance_before"),
        Cell("cure_rate", "pair", "state_before", _WAS_LATE, "balance_before"),
    ),
    Rate(
        "roll_rate",
        Cell("roll_rate", "pair", "state_before || '>M' || (bucket_before + 1)",
             "was_live AND is_live AND bucket_before < 7 AND bucket_after = bucket_before + 1", "balance_after"),
        Cell("roll_rate", "pair", "state_before || '>M' || (bucket_before + 1)", "was_live AND bucket_before < 7",
             "balance_before"),
    ),
    Rate(
        "flow_rate",
        Cell("flow_rate", "now", "'M' || (TRY_CAST(substr(state, 2) AS INT) - 1) || '>' || state",
             "is_live AND is_known AND state <> 'M0'", "balance"),
        Cell("flow_rate", "before", "state || '>M' || (TRY_CAST(substr(state, 2) AS INT) + 1)",
             "is_live AND is_known AND state <> 'M7'", "balance"),
    ),
)  # fmt: skip

VINTAGE_DAYS = (30, 90)
VINTAGE_RATES = tuple(
    Rate(
        "vintage",
        Cell("vintage", "reached", f"cohort || '|{days}'", f"cohort IS NOT NULL AND first_{days}_date IS NOT NULL"),
        Cell("vintage", "reached", f"cohort || '|{days}'", "cohort IS NOT NULL"),
    )
    for days in VINTAGE_DAYS
)

CELLS = (*SNAPSHOT_CELLS, *PAIR_CELLS)
RATES = (*SNAPSHOT_RATES, *PAIR_RATES, *VINTAGE_RATES)
NAMES = tuple(dict.fromkeys([*(cell.name for cell in CELLS), *(rate.name for rate in RATES)]))
MOVEMENTS = (
    "NEW", "ENTERED", "ROLLED", "ROLLED_BACK", "CURED", "CHANGED", "WRITTEN_OFF", "CLOSED", "GONE",
)  # fmt: skip

"""The register as a page of Markdown: docs/reference/law-coverage.md, held equal to this by a test."""

from collections.abc import Sequence

from qingshou.law.coverage import CoverageRow

_HEAD = """# What law is covered

Made by `qingshou law coverage --markdown`; a test holds this page equal to the values and rules in `src/qingshou/law`.
Outside the periods below, every rule refuses (`NOT_COVERED`). `unverified` means from general knowledge, unconfirmed:
it is shown as such wherever it decides something. `secondary` was read second-hand, `read` in the text itself.
Periods are half-open: `until` is the first day not covered; an empty `until` means no end is known.
A bound of `over` excludes its number, `from` and `within` include it.
"""


def as_markdown(rows: Sequence[CoverageRow]) -> str:
    """Lay the rows out, one section for each instrument, rules and values apart."""
    parts = [_HEAD]
    for instrument in dict.fromkeys(row.instrument for row in rows):
        own = [row for row in rows if row.instrument == instrument]
        parts.append(f"\n## {instrument}\n\n{own[0].title}\n")
        parts.append("\n| rule | article | since | until | how sure |\n|---|---|---|---|---|\n")
        parts += [_rule_line(row) for row in own if row.kind == "RULE"]
        parts.append("\n| value | article | since | until | bound | is | unit | how sure | source | note |\n")
        parts.append("|---|---|---|---|---|---|---|---|---|---|\n")
        parts += [_value_line(row) for row in own if row.kind == "VALUE"]
    return "".join(parts)


def _rule_line(row: CoverageRow) -> str:
    return _line(f"`{row.id}`", row.article, str(row.from_date), str(row.until_date or ""), row.confidence.value)


def _value_line(row: CoverageRow) -> str:
    return _line(
        f"`{row.id}`",
        row.article,
        str(row.from_date),
        str(row.until_date or ""),
        row.bound,
        row.value,
        row.unit,
        row.confidence.value,
        row.source,
        row.note,
    )


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |\n"

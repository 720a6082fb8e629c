"""Reasons and clearances as JSON: what is kept of a refusal, and read again."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from qingshou.kernel.verdict import Article, Confidence, Reason


def reasons_as_json(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Return reasons as plain values: code, fields, instrument, article, confidence."""
    return [
        {
            "code": one.code,
            "fields": {name: _plain(value) for name, value in one.fields.items()},
            "instrument": one.article.instrument if one.article else "",
            "article": one.article.article if one.article else "",
            "confidence": one.article.confidence.value if one.article else Confidence.UNVERIFIED.value,
        }
        for one in reasons
    ]


def reasons_of_json(rows: Sequence[Mapping[str, Any]]) -> list[Reason]:
    """Return what `reasons_as_json` wrote as reasons again; instants stay text."""
    return [
        Reason(
            str(row["code"]),
            dict(row["fields"]),
            Article(row["instrument"], row["article"], Confidence(row["confidence"])) if row["instrument"] else None,
        )
        for row in rows
    ]


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if not isinstance(value, int | bool | None) else value

"""Reasons and limits as JSON: what is kept of a judgement, and read again with its amounts and dates."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from qingshou.features.repayment.rules.offer_limits import Met
from qingshou.kernel.verdict import Article, Confidence, Reason

_AMOUNT = re.compile(r"-?\d+\.\d+|-?\d+", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def reason_rows(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return reasons as plain values: code, fields (amounts and dates as text), article."""
    return [
        {
            "code": one.code,
            "fields": {name: _plain(value) for name, value in one.fields.items()},
            "article": article_row(one.article),
        }
        for one in reasons
    ]


def reasons_of(rows: Sequence[Mapping[str, Any]]) -> list[Reason]:
    """Return what `reason_rows` wrote as reasons again."""
    return [
        Reason(row["code"], {name: _read(value) for name, value in row["fields"].items()}, article_of(row["article"]))
        for row in rows
    ]


def article_row(article: Article | None) -> dict[str, str] | None:
    """Return an article as plain values."""
    if article is None:
        return None
    return {"instrument": article.instrument, "article": article.article, "confidence": article.confidence.value}


def article_of(row: Mapping[str, str] | None) -> Article | None:
    """Return what `article_row` wrote."""
    if row is None:
        return None
    return Article(row["instrument"], row["article"], Confidence(row["confidence"]))


def limit_rows(measures: Iterable[Met]) -> list[dict[str, Any]]:
    """Return each limit an offer was held to: how far it goes, what is used of it, its standing, the rule behind it."""
    return [
        {
            "kind": one.limit.kind.value, "most": format(one.limit.most, "f"), "used": format(one.used, "f"),
            "standing": one.standing.value, "rule": one.limit.rule, "is_law": one.limit.is_law,
            "article": article_row(one.limit.article),
        }
        for one in measures
    ]  # fmt: skip


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, bool | int | None) else str(value)


def _read(value: object) -> object:
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        return Decimal(value)
    return date.fromisoformat(value) if isinstance(value, str) and _DATE.fullmatch(value) else value

"""The tables of the cockpit's pages: loans behind a figure, figures of a date."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingshou.edges.tables import Column
from qingshou.edges.words import SEVERITIES
from qingshou.features.delinquency import phrases
from qingshou.features.delinquency.drilling import columns_of
from qingshou.features.delinquency.key_words import key_words

_KINDS: dict[str, Any] = {
    "overdue_days": "count",
    "overdue_days_after": "count",
    "balance": "money",
    "arrears": "money",
    "provision": "money",
    "balance_before": "money",
    "balance_after": "money",
    "balance_change": "money",
    "severity": "severity",
    "severity_before": "severity",
    "severity_after": "severity",
    "first_30_date": "date",
    "first_90_date": "date",
}
_WORDS: dict[str, Any] = {
    "state": phrases.STATES,
    "state_before": phrases.STATES,
    "state_after": phrases.STATES,
    "regulatory_class": phrases.CLASSES,
    "regulatory_reason": phrases.REASONS,
    "stage": phrases.STAGES,
    "days_basis": phrases.BASES,
    "severity": SEVERITIES,
    "severity_before": SEVERITIES,
    "severity_after": SEVERITIES,
}


def drill_columns(name: str, currency: str, products: Mapping[str, Any]) -> Sequence[Column]:
    """Return the columns of the loans behind a figure; stops with NotFound on an unknown figure."""
    words = {**_WORDS, "product": products}
    return tuple(
        Column(
            key=key,
            label=phrases.COLUMNS[key],
            kind=_KINDS.get(key, "text"),
            sort=True,
            words=words.get(key),
            currency=lambda _row: currency,
        )
        for key in columns_of(name)
    )


def figure_columns(*, with_links: bool, products: Mapping[str, Any]) -> Sequence[Column]:
    """Return the columns of the list of figures; links to the loans for who may list loans."""
    return (
        Column(
            key="name", label=_("Figure"), sort=True, words=phrases.FIGURES, href=_drill_href if with_links else None
        ),
        Column(key="key", label=_("Of"), sort=True, value=lambda one: key_words(one.name, one.key, products)),
        Column(key="base_date", label=_("Compared with"), kind="date", sort=True, value=lambda one: one.base_date),
        Column(key="currency", label=_("Currency"), sort=True),
        Column(key="loans_count", label=_("Loans"), kind="count", sort=True),
        Column(key="amount", label=_("Amount"), kind="money", sort=True, currency=lambda one: one.currency),
        Column(key="numerator", label=_("Part"), kind="money", sort=True, currency=lambda one: one.currency),
        Column(key="denominator", label=_("Whole"), kind="money", sort=True, currency=lambda one: one.currency),
        Column(key="unknown_count", label=_("Amount unknown"), kind="count", sort=True),
    )


def _drill_href(one: Any) -> str:
    query = {"name": one.name, "key": one.key, "as_of": one.as_of.isoformat(), "currency": one.currency}
    if one.base_date:
        query["base"] = one.base_date.isoformat()
    return f"{reverse('delinquency:drill')}?{urlencode(query)}"

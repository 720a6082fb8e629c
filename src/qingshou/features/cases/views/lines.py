"""A case as a line of a list: with the debtor's name opened for whoever reads, once a page, and logged."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from qingshou.edges.tables import Column, with_words
from qingshou.features.cases.phrases import NEXT_ACTIONS, QUEUE_REASONS, SEVERITIES, STAGES
from qingshou.features.cases.views.shown import Desk
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import sealed_fields


@dataclass(frozen=True, slots=True)
class Line:
    """One case with its debtor's name, clear or masked by role."""

    case: Any
    name: str | None

    @property
    def id(self) -> UUID:
        return UUID(str(self.case.id))


def with_names(cases: Iterable[Any], desk: Desk, *, purpose: str) -> list[Line]:
    """Return the cases with their debtors' names; one row of the reading log for all."""
    found = list(cases)
    rows = {case.borrower_id: sealed_fields(case.borrower, ["name"]) for case in found}
    shown = reveal_many(
        subject_kind="BORROWER", rows=rows, reader=desk.actor, role=desk.role, purpose=purpose, now=desk.now
    )
    return [Line(case, shown[case.borrower_id]["name"]) for case in found]


def _of(name: str) -> Callable[[Line], Any]:
    return lambda line: getattr(line.case, name)


def _href(line: Line) -> str:
    return reverse("cases:case", args=[line.id])


def _currency(line: Line) -> str:
    return str(line.case.currency)


def _owner(line: Line) -> str:
    return str(line.case.owner.display_name) if line.case.owner else ""


def columns_for(desk: Desk) -> tuple[Column, ...]:
    """Return the columns with products in the lender's words."""
    return with_words(COLUMNS, {"product": cast(Any, desk.product_words)})


COLUMNS = (
    Column(key="queue", label=gettext_lazy("Why now"), sort=True, one_way="ascending", value=_of("queue_reason"),
           words=QUEUE_REASONS),
    Column(key="number", label=gettext_lazy("Case"), value=_of("number"), href=_href),
    Column(key="name", label=gettext_lazy("Debtor")),
    Column(key="severity", label=gettext_lazy("Severity"), kind="severity", value=_of("severity"), words=SEVERITIES),
    Column(key="days", label=gettext_lazy("Days overdue"), kind="count", sort=True, one_way="descending",
           value=_of("overdue_days")),
    Column(key="arrears", label=gettext_lazy("Arrears"), kind="money", sort=True, one_way="descending",
           value=_of("arrears"), currency=_currency),
    Column(key="balance", label=pgettext_lazy("amount", "Balance"), kind="money", value=_of("balance"),
           currency=_currency),
    Column(key="currency", label=gettext_lazy("Currency"), value=_of("currency"), shown=False),
    Column(key="stage", label=gettext_lazy("Stage"), value=_of("stage"), words=STAGES),
    Column(key="next_action", label=gettext_lazy("Next action"), value=_of("next_action"), words=NEXT_ACTIONS),
    Column(key="due", label=gettext_lazy("Date"), kind="date", sort=True, one_way="ascending",
           value=_of("next_action_on")),
    Column(key="owner", label=pgettext_lazy("case", "Owner"), value=_owner),
    Column(key="product", label=gettext_lazy("Product"), value=_of("product"), shown=False),
    Column(key="branch", label=gettext_lazy("Branch"), value=_of("branch"), shown=False),
    Column(key="loans_count", label=pgettext_lazy("case", "Loans"), kind="count", value=_of("loans_count"),
           shown=False),
    Column(key="opened_on", label=gettext_lazy("Opened"), kind="date", value=_of("opened_on"), shown=False),
)  # fmt: skip

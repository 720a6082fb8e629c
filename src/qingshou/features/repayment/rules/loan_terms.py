"""What of a loan and of its lender decides where money goes, beside the parts themselves. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from qingshou.kernel.errors import BadInput
from qingshou.kernel.lender_settings import SettingsUnfit, part_of
from qingshou.law.allocation.door import POLICIES, agreed_order, order_for
from qingshou.law.allocation.terms import Between, Future, Order, PartKind, Sequence


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """One loan: its currency, its contract's own order, and what the order between debts asks of it."""

    currency: str
    product: str = "OTHER"
    kinds: tuple[PartKind, ...] = ()  # of the contract; empty: the lender's
    sequence: Sequence | None = None  # of the contract; None: the lender's
    future: Future | None = None
    security: Decimal | None = None
    burden: Decimal | None = None

    @property
    def has_contract_order(self) -> bool:
        """Whether the contract says anything of the order itself."""
        return bool(self.kinds or self.sequence or self.future)

    def order_as_facts(self) -> dict[str, Any]:
        """Return the contract's own order in the form facts keep it in; empty where there is none."""
        said: dict[str, Any] = {"kinds": [kind.value for kind in self.kinds]} if self.kinds else {}
        said |= {"sequence": self.sequence.value} if self.sequence else {}
        return said | ({"future": self.future.value} if self.future else {})

    def with_order(self, said: Mapping[str, Any]) -> "LoanTerms":
        """Return the same loan with the contract's order as facts have it."""
        return replace(
            self, kinds=tuple(PartKind(kind) for kind in said.get("kinds", ())),
            sequence=Sequence(said["sequence"]) if said.get("sequence") else None,
            future=Future(said["future"]) if said.get("future") else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """A debtor's loans and the place whose law holds."""

    jurisdiction: str
    loans: Mapping[UUID, LoanTerms] = field(default_factory=dict)


class UnfitPolicy(SettingsUnfit):
    """A lender's settings of allocation cannot be used."""

    code = "UNFIT_ALLOCATION_POLICY"


@dataclass(frozen=True, slots=True)
class Policy:
    """A lender's order of allocation, as its settings have it under "allocation"; empty: what the law says.

    name       LEGAL, PRINCIPAL_FIRST or PRINCIPAL_FIRST_FROM_91
    kinds      any permutation of the four kinds, in place of the law's
    """

    name: str = "LEGAL"
    kinds: tuple[PartKind, ...] = ()
    sequence: Sequence = Sequence.KIND_FIRST
    between: Between = Between.LAW
    future: Future = Future.NOT_DUE_LAST

    def as_facts(self) -> dict[str, Any]:
        """Return the policy in the form settings and facts keep it in, what is the default left out."""
        said: dict[str, Any] = {} if self.name == "LEGAL" else {"policy": self.name}
        if self.kinds:
            said["kinds"] = [kind.value for kind in self.kinds]
        for name in ("sequence", "between", "future"):
            if getattr(self, name) != Policy.__dataclass_fields__[name].default:
                said[name] = getattr(self, name).value
        return said


def policy_of(settings: Mapping[str, Any]) -> Policy:
    """Return the policy that a lender's settings (or the facts of a step) hold; stops with UnfitPolicy."""
    try:
        found = Policy(
            name=str(settings.get("policy", "LEGAL")),
            kinds=tuple(PartKind(kind) for kind in settings.get("kinds", ())),
            sequence=Sequence(settings.get("sequence", Sequence.KIND_FIRST)),
            between=Between(settings.get("between", Between.LAW)),
            future=Future(settings.get("future", Future.NOT_DUE_LAST)),
        )
        if found.kinds:
            Order(kinds=found.kinds)
    except (ValueError, TypeError, AttributeError, BadInput) as error:
        raise UnfitPolicy(f"The lender's settings of allocation cannot be used: {error}.", key="allocation") from None
    if found.name not in POLICIES:
        raise UnfitPolicy(
            f"The lender's policy of allocation is none of {', '.join(POLICIES)}: correct it.", key="allocation"
        )
    return found


def lender_policy(settings: Mapping[str, Any]) -> Policy:
    """Return the policy that stands under "allocation" in a lender's settings; stops with SettingsUnfit."""
    return policy_of(part_of(settings, "allocation"))


def order_of(*, policy: Policy, terms: Terms, product: str, overdue_days: int, on: date) -> Order:
    """Return the order for a debt so many days overdue under a lender's policy.

    Stops   NotCovered  the place's law is not entered for the date, and the policy leaves the order to it
    """
    if policy.kinds:
        return agreed_order(
            kinds=policy.kinds, sequence=policy.sequence, between=policy.between, future=policy.future, on=on,
            jurisdiction=terms.jurisdiction,
        )  # fmt: skip
    found = order_for(
        policy=policy.name, overdue_days=overdue_days, product=product, on=on, jurisdiction=terms.jurisdiction
    ).order
    return Order(
        kinds=found.kinds, sequence=policy.sequence, between=policy.between, future=policy.future, basis=found.basis,
        criteria=found.criteria, articles=found.articles,
    )  # fmt: skip

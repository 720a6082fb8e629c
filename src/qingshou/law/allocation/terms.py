"""What a payment is laid on and by which order. Codes only; a place's law fills the orders (door.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO
from qingshou.kernel.verdict import Article, Reason


class PartKind(StrEnum):
    """What a part of a debt is."""

    COSTS = "COSTS"  # 实现债权的费用, and the lender's own fees
    PENALTY = "PENALTY"  # penalty and compound interest, late fees
    INTEREST = "INTEREST"  # interest of the term
    PRINCIPAL = "PRINCIPAL"
    UNSPLIT = "UNSPLIT"  # the tape tells one amount only; it comes after every part that is told


KINDS = (PartKind.COSTS, PartKind.PENALTY, PartKind.INTEREST, PartKind.PRINCIPAL)


class Sequence(StrEnum):
    """Which comes first inside a debt: the older instalment, or the earlier kind."""

    DUE_FIRST = "DUE_FIRST"  # the oldest instalment wholly before the next ("vertical")
    KIND_FIRST = "KIND_FIRST"  # all of one kind over all due dates first ("horizontal")


class Between(StrEnum):
    """Which debt comes first where the debtor owes several. The debtor's choice goes before it, unless it is agreed."""

    LAW = "LAW"  # the criteria of the place's law, in its order
    OLDEST_DUE = "OLDEST_DUE"
    PRO_RATA = "PRO_RATA"
    CHOSEN = "CHOSEN"  # nothing goes to a debt that was not chosen


class Future(StrEnum):
    """Whether parts that are not due yet may be paid, after all that is due."""

    NOT_DUE_LAST = "NOT_DUE_LAST"
    IN_ADVANCE_PRINCIPAL = "IN_ADVANCE_PRINCIPAL"  # principal only: interest not yet earned is not taken
    UNAPPLIED = "UNAPPLIED"


class Criterion(StrEnum):
    """One step in finding which debt comes first; two debts alike in all steps share pro rata."""

    AGREED = "AGREED"  # the parties agreed which debt comes first
    CHOSEN = "CHOSEN"
    DUE = "DUE"
    LEAST_SECURED = "LEAST_SECURED"
    HEAVIEST_BURDEN = "HEAVIEST_BURDEN"
    EARLIEST_DUE = "EARLIEST_DUE"
    PRO_RATA = "PRO_RATA"


class Basis(StrEnum):
    """What the order of kinds rests on."""

    LAW = "LAW"
    AGREED = "AGREED"
    POLICY = "POLICY"  # the lender's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An open amount of one kind and due date. due_date None: not scheduled, so not due."""

    key: str
    kind: PartKind
    amount: Decimal
    due_date: date | None = None

    def is_due(self, on: date) -> bool:
        """Tell whether the part has fallen due; the due date itself counts, at its end."""
        return self.due_date is not None and self.due_date <= on


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """One debt with its open parts, and what the orders between debts ask of it.

    due_date  where its parts are not scheduled; security the value held for it; burden the yearly rate it costs
    kinds     its own order of kinds where that differs from the payment's (a policy by days overdue, the contract's),
              with its basis; sequence and future the same for what comes first inside it and for what is not due yet
    """

    id: str
    currency: str
    parts: tuple[Part, ...]
    due_date: date | None = None
    security: Decimal | None = None
    burden: Decimal | None = None
    kinds: tuple[PartKind, ...] | None = None
    basis: Basis | None = None
    sequence: Sequence | None = None
    future: Future | None = None

    def __post_init__(self) -> None:
        if self.kinds is not None:
            check_kinds(self.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A whole order of allocation.

    kinds     a permutation of the four kinds
    criteria  what Between.LAW means at the place; articles: what each reason code rests on, or a
              code for one kind of part (PART_BY_LAW:PENALTY)
    agreed_first       debts that come first by agreement, in that order: before what the debtor chooses
    is_between_agreed  the parties agreed on `between`: the debtor's choice gives way to it
    """

    kinds: tuple[PartKind, ...]
    sequence: Sequence = Sequence.KIND_FIRST
    between: Between = Between.LAW
    future: Future = Future.NOT_DUE_LAST
    basis: Basis = Basis.LAW
    criteria: tuple[Criterion, ...] = ()
    agreed_first: tuple[str, ...] = ()
    is_between_agreed: bool = False
    articles: Mapping[str, Article] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_kinds(self.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one part got: `reasons` say first why this debt, then why this part."""

    debt: str
    part: str
    kind: PartKind
    due_date: date | None
    before: Decimal
    paid: Decimal
    after: Decimal
    reasons: tuple[Reason, ...]

    @property
    def reason(self) -> str:
        """Why this part: the code of the last reason."""
        return self.reasons[-1].code

    @property
    def article(self) -> Article | None:
        """What that reason rests on."""
        return self.reasons[-1].article


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """Where the payment went, what stayed, and why it stayed."""

    lines: tuple[Line, ...]
    unapplied: Decimal
    reasons: tuple[Reason, ...] = ()

    @property
    def applied(self) -> Decimal:
        """What went to debts."""
        return sum((line.paid for line in self.lines), ZERO)


def check_kinds(kinds: tuple[PartKind, ...]) -> None:
    """Stop on anything that is not a permutation of the four kinds."""
    if sorted(kinds) != sorted(KINDS):
        raise BadInput(f"An order names each of {', '.join(KINDS)} once: correct the list of kinds.")

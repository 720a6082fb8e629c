"""The front door to orders of allocation: by law, by the lender's policy, or as agreed, each with what it rests on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from qingshou.kernel.errors import BadInput, NotCovered
from qingshou.kernel.verdict import Article, Reason
from qingshou.law.allocation.between import CODES
from qingshou.law.allocation.terms import Basis, Between, Criterion, Future, Order, PartKind, Sequence
from qingshou.law.china.card_2011 import rules as card
from qingshou.law.china.payment_order import rules as payment_order
from qingshou.law.us.reg_f import conduct as reg_f
from qingshou.law.values import Taken

POLICIES = ("LEGAL", "PRINCIPAL_FIRST", "PRINCIPAL_FIRST_FROM_91")
# The policy's own day where the place has no text on cards.
_LATE_FROM_DAY = 91
# Where no text gives an order of kinds the house has China's.
HOUSE_KINDS = (PartKind.COSTS, PartKind.INTEREST, PartKind.PENALTY, PartKind.PRINCIPAL)
_HOUSE_CRITERIA = (Criterion.CHOSEN, Criterion.DUE, Criterion.EARLIEST_DUE, Criterion.PRO_RATA)


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order with the reasons why it is this one."""

    order: Order
    reasons: tuple[Reason, ...]


def order_for(
    *, policy: str = "LEGAL", overdue_days: int = 0, product: str = "OTHER", on: date, jurisdiction: str = "china"
) -> Ordered:
    """Return the order for one debt under a lender's policy.

    Takes   policy        LEGAL, PRINCIPAL_FIRST (always), or PRINCIPAL_FIRST_FROM_91 (from that overdue day on)
            overdue_days  of the debt on the day of payment
            product       CARD is told what its own text is believed to say
    Gives   Ordered       order and reasons with articles
    Stops   BadInput      unknown policy; NotCovered where no order of the place is entered for the date
    Law     民法典 560, 561; 信用卡办法 57-59 (believed, unverified)
    """
    if policy not in POLICIES:
        raise BadInput(f"'{policy[:40]}' is no policy of allocation: use one of {', '.join(POLICIES)}.")
    base = law_order(jurisdiction=jurisdiction, on=on)
    limit = card.principal_first_from(on) if jurisdiction == "china" and on in card.LAW.in_force else None
    is_late = overdue_days >= (limit.first_whole if limit else _LATE_FROM_DAY)
    fields = {"overdue_days": overdue_days, "policy": policy}
    if policy == "PRINCIPAL_FIRST" or (policy == "PRINCIPAL_FIRST_FROM_91" and is_late):
        article = limit.article if limit and is_late else base.order.articles.get("PART_AGREED")
        kinds = (PartKind.PRINCIPAL, *(kind for kind in base.order.kinds if kind is not PartKind.PRINCIPAL))
        articles = dict(base.order.articles) | ({"PART_BY_POLICY": article} if article else {})
        order = replace(base.order, kinds=kinds, basis=Basis.POLICY, articles=articles)
        return Ordered(order, (Reason("PRINCIPAL_FIRST", fields, article),))
    reasons = base.reasons
    if policy == "PRINCIPAL_FIRST_FROM_91":
        reasons = (*reasons, Reason("PRINCIPAL_FIRST_NOT_YET", fields, limit.article if limit else None))
    elif limit and is_late and product == card.PRODUCT:
        reasons = (*reasons, Reason("CARD_PRINCIPAL_FIRST_BELIEVED", fields, limit.article))
    return Ordered(base.order, reasons)


def law_order(*, jurisdiction: str, on: date) -> Ordered:
    """Return the order that the law of a place gives where nothing was agreed; refuses where none is entered."""
    if jurisdiction not in _PLACES:
        raise NotCovered(
            f"No order of allocation is entered for '{jurisdiction[:40]}': name the kinds and the order between debts, "
            f"or ask for one of {', '.join(_PLACES)}.",
            what="allocation",
            jurisdiction=jurisdiction[:40],
        )
    return _PLACES[jurisdiction](on)


def agreed_order(
    *,
    kinds: tuple[PartKind, ...],
    sequence: Sequence = Sequence.KIND_FIRST,
    between: Between = Between.LAW,
    future: Future = Future.NOT_DUE_LAST,
    on: date,
    jurisdiction: str = "china",
) -> Order:
    """Return an order that the parties agreed on, with what the place's law says to it.

    Stops   NotCovered  between is LAW and no law of the place is entered for the date
    """
    try:
        base = law_order(jurisdiction=jurisdiction, on=on).order
    except NotCovered:
        if between is Between.LAW:
            raise
        return Order(kinds=kinds, sequence=sequence, between=between, future=future, basis=Basis.AGREED)
    return replace(base, kinds=kinds, sequence=sequence, between=between, future=future, basis=Basis.AGREED)


def barred_debts(*, debts: Iterable[str], disputed: frozenset[str], on: date, jurisdiction: str) -> dict[str, Reason]:
    """Return the debts that a payment must not go to, with the reason: in the United States the disputed ones."""
    if jurisdiction != "us" or not disputed:
        return {}
    verdicts = reg_f.payment_may_go_to(debts=list(debts), disputed=disputed, on=on)
    return {debt: one.reasons[0] for debt, one in verdicts.items() if one.value == reg_f.BLOCKED}


def _china(on: date) -> Ordered:
    inside, between = payment_order.inside_debt(on), payment_order.between_debts(on)
    kinds = tuple(PartKind(one.text) for one in inside)
    criteria = tuple(Criterion(one.text) for one in between)
    whole = _as_a_whole(inside)
    articles = {CODES[step]: one.article for step, one in zip(criteria, between, strict=True)}
    articles |= {"DEBT_AGREED": between[criteria.index(Criterion.CHOSEN)].article}
    articles |= {"PART_BY_LAW": whole, "PART_AGREED": whole, "PART_BEFORE_DUE": whole}
    articles |= {f"PART_BY_LAW:{kind}": one.article for kind, one in zip(kinds, inside, strict=True)}
    order = Order(kinds=kinds, criteria=criteria, articles=articles)
    reasons = (
        Reason("KINDS_BY_LAW", {"kinds": ", ".join(kinds)}, whole),
        Reason("PENALTY_AFTER_INTEREST", {}, inside[kinds.index(PartKind.PENALTY)].article),
    )
    return Ordered(order, reasons)


def _as_a_whole(inside: tuple[Taken, ...]) -> Article:
    """Return the article without its numbered item, as sure as its first item is."""
    first = inside[0].article
    return Article(first.instrument, first.article.partition("(")[0], first.confidence)


def _us(on: date) -> Ordered:
    chosen = reg_f.directions(on=on).reasons[0]
    articles = {CODES[Criterion.CHOSEN]: chosen.article} if chosen.article else {}
    order = Order(kinds=HOUSE_KINDS, criteria=_HOUSE_CRITERIA, articles=articles, basis=Basis.POLICY)
    return Ordered(order, (Reason("KINDS_BY_HOUSE", {"kinds": ", ".join(HOUSE_KINDS)}), chosen))


_PLACES: Mapping[str, Callable[[date], Ordered]] = {"china": _china, "us": _us}
PLACES = tuple(_PLACES)

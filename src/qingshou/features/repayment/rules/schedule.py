"""Instalment schedules, exact to the minor unit: they add up, the last one settles, each is split into its parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum

from qingshou.features.repayment.rules.owed import Owed
from qingshou.features.repayment.rules.pay_days import DayCount, DueDay, Frequency, Roll, days_of_year, due_days
from qingshou.features.repayment.rules.yearly_rate import effective_yearly_rate
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, Rounding, minor_digits, round_money, share_out
from qingshou.kernel.verdict import Reason

INSTALMENTS_MAX = 1200
_DIGITS = 40
Spread = tuple[Decimal, Decimal, Decimal, Decimal]  # interest, penalty, costs, interest carried out of grace
_NOTHING: Spread = (ZERO, ZERO, ZERO, ZERO)


class Kind(StrEnum):
    """How the amounts of a schedule run."""

    EQUAL = "EQUAL"  # the same amount each time (annuity)
    EQUAL_PRINCIPAL = "EQUAL_PRINCIPAL"  # the same principal each time
    FIXED_AMOUNT = "FIXED_AMOUNT"  # a named amount until settled, the last one smaller


class Grace(StrEnum):
    """What is paid in the grace periods at the beginning."""

    NONE = "NONE"
    INTEREST_ONLY = "INTEREST_ONLY"
    NOTHING = "NOTHING"  # interest runs, and is spread over the later instalments; it bears none itself


class Unpayable(BadInput):
    """No schedule of these terms exists; the code of the reason is in `fields`."""

    code = "UNPAYABLE_TERMS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of a schedule. `periods` counts all periods, those of grace included."""

    first_due_date: date
    periods: int
    rate: Decimal = ZERO  # a year, on the principal only: arrears bear nothing
    kind: Kind = Kind.EQUAL
    frequency: Frequency = Frequency.MONTH
    pay_day: int | None = None
    step_up: Decimal = ZERO  # each step raises the instalment by this share
    step_every: int = 12  # periods a step lasts
    grace: Grace = Grace.NONE
    grace_periods: int = 0
    amount: Decimal | None = None  # FIXED_AMOUNT only
    roll: Roll = Roll.NONE
    day_count: DayCount = DayCount.ACT_365
    rounding: Rounding = Rounding.HALF_UP


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """One instalment and its parts; `new_interest` is that part of the interest which the plan itself charges."""

    number: int
    counted_date: date
    due_date: date
    amount: Decimal
    principal: Decimal
    interest: Decimal
    penalty: Decimal
    costs: Decimal
    new_interest: Decimal
    principal_left: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A schedule with what it comes to. `total` = what was owed + `new_interest`."""

    currency: str
    starts_on: date
    owed: Owed
    instalments: tuple[Instalment, ...]
    total: Decimal
    new_interest: Decimal
    apr: Decimal | None  # effective yearly rate on what is owed at the start (estimated in float, six places)
    ends_on: date
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """What the computing of any kind of schedule shares."""

    owed: Owed
    terms: Terms
    days: tuple[DueDay, ...]
    spans: tuple[tuple[int, int], ...]  # one a period: its days and the days of a year
    weights: tuple[Decimal, ...]  # one a paying period
    carried: Decimal  # interest of grace periods in which nothing is paid

    @property
    def paying(self) -> range:
        return range(self.terms.grace_periods, self.terms.periods)

    def rounded(self, amount: Decimal) -> Decimal:
        return round_money(amount, self.owed.currency, self.terms.rounding)

    def interest(self, balance: Decimal, place: int) -> Decimal:
        return self.rounded(self.exact_interest(balance, place))

    def exact_interest(self, balance: Decimal, place: int) -> Decimal:
        """Divide last: a twelfth cut to any number of digits would lose the half cents, and whole ones when down."""
        days, days_a_year = self.spans[place]
        return balance * self.terms.rate * days / days_a_year


def build_schedule(*, owed: Owed, starts_on: date, terms: Terms) -> Schedule:
    """Build the schedule that settles what is owed.

    Takes   owed       what is to be paid, concessions already taken off
            starts_on  from this day the principal bears the plan's rate
            terms      kind, number, dates, rate, steps, grace, conventions
    Gives   Schedule   every amount above zero at the minor unit; amounts add up to what is owed and the plan's
                       interest; the last instalment settles; equal amounts are equal to the cent save the last
    Stops   Unpayable  the terms leave an instalment without amount, below its own interest, or unsettled at the end
            BadInput   the terms contradict themselves
    """
    _check(owed, starts_on, terms)
    with localcontext() as context:
        context.prec = _DIGITS
        if terms.kind is Kind.FIXED_AMOUNT:
            rows = _by_amount(owed, starts_on, terms)
        else:
            rows = _rows(_course(owed, starts_on, terms))
    if not rows or any(row.amount <= 0 for row in rows):
        raise Unpayable(
            "The debt is too small for so many instalments: take fewer.", reason="TOO_SMALL", periods=terms.periods
        )
    return _told(owed, starts_on, terms, rows)


def build_stages(*, owed: Owed, starts_on: date, stages: Sequence[tuple[date, Decimal]]) -> Schedule:
    """Build a schedule of named payments without interest (a settlement at once or in stages).

    Takes   stages   due date and amount each, in order of date, together what is owed
    Gives   Schedule each payment goes to costs, then penalty, interest and principal
    Stops   BadInput the amounts do not add up, are not above zero, or the dates do not rise
    """
    dates = [day for day, _amount in stages]
    if not stages or sum((amount for _day, amount in stages), ZERO) != owed.total:
        raise BadInput("The payments of a settlement do not add up to the sum settled: correct the amounts.")
    if min(amount for _day, amount in stages) <= 0 or sorted(set(dates)) != dates or dates[0] < starts_on:
        raise BadInput("Each payment of a settlement is above zero and later than the one before: correct them.")
    left = {part: getattr(owed, part) for part in ("costs", "penalty", "interest", "principal")}
    rows = []
    for place, (day, amount) in enumerate(stages):
        taken, rest = {}, amount
        for part in left:
            taken[part] = min(rest, left[part])
            left[part] -= taken[part]
            rest -= taken[part]
        rows.append(
            Instalment(
                number=place + 1, counted_date=day, due_date=day, amount=amount, **taken, new_interest=ZERO,
                principal_left=left["principal"],
            )
        )  # fmt: skip
    return _told(owed, starts_on, Terms(first_due_date=dates[0], periods=len(stages)), rows)


def _check(owed: Owed, starts_on: date, terms: Terms) -> None:
    grace = terms.grace_periods
    fixed = terms.kind is Kind.FIXED_AMOUNT
    wrong = [
        (owed.total <= 0, "there is nothing owed"),
        (terms.rate < 0 or terms.step_up < 0 or terms.step_every < 1, "a rate or step is below zero"),
        (not 1 <= terms.periods <= INSTALMENTS_MAX, f"the number of periods is not between 1 and {INSTALMENTS_MAX}"),
        (terms.first_due_date < starts_on, "the first due date lies before the start"),
        (not 0 <= grace < terms.periods, "grace takes all periods"),
        ((terms.grace is Grace.NONE) != (grace == 0), "grace and its number of periods contradict each other"),
        (fixed != (terms.amount is not None), "an amount belongs to FIXED_AMOUNT, and only there"),
        (fixed and bool(grace or terms.step_up), "a fixed amount has neither grace nor steps"),
        (terms.pay_day is not None and terms.frequency is not Frequency.MONTH, "a pay day of the month needs MONTH"),
    ]
    faults = [words for is_wrong, words in wrong if is_wrong]
    if faults:
        raise BadInput(f"The terms of the plan cannot be used: {'; '.join(faults)}.", faults=faults)


def _course(owed: Owed, starts_on: date, terms: Terms) -> _Course:
    days = due_days(
        first=terms.first_due_date, count=terms.periods, frequency=terms.frequency, pay_day=terms.pay_day,
        roll=terms.roll,
    )  # fmt: skip
    starts = [starts_on, *(day.counted_date for day in days)]
    spans = tuple(
        days_of_year(start=start, end=day.counted_date, day_count=terms.day_count)
        for start, day in zip(starts, days, strict=False)
    )
    paying = terms.periods - terms.grace_periods
    weights = tuple((1 + terms.step_up) ** (place // terms.step_every) for place in range(paying))
    course = _Course(owed=owed, terms=terms, days=days, spans=spans, weights=weights, carried=ZERO)
    if terms.grace is not Grace.NOTHING:
        return course
    carried = sum((course.interest(owed.principal, place) for place in range(terms.grace_periods)), ZERO)
    return replace(course, carried=carried)


def _rows(course: _Course) -> list[Instalment]:
    """Return the instalments of an EQUAL or EQUAL_PRINCIPAL schedule."""
    spread = _spread(course, course.weights)
    return [*_grace_rows(course), *_paid_rows(course, spread, _principal_rule(course, spread))]


def _spread(course: _Course, weights: Sequence[Decimal]) -> list[Spread]:
    """Share arrears of interest, penalty, costs and the interest carried over the paying periods, each exactly."""
    owed = course.owed
    parts = (owed.interest, owed.penalty, owed.costs, course.carried)
    shared = [share_out(part, weights, owed.currency) for part in parts]
    return list(zip(*shared, strict=True))


PrincipalRule = Callable[[int, Decimal, Decimal], Decimal]  # place among the paying, interest, balance -> principal


def _principal_rule(course: _Course, spread: Sequence[Spread]) -> PrincipalRule:
    if course.terms.kind is Kind.EQUAL_PRINCIPAL:
        shares = share_out(course.owed.principal, course.weights, course.owed.currency)
        return lambda place, _interest, _balance: shares[place]
    level = _level(course)
    arrears = course.owed.total - course.owed.principal + course.carried
    apart = arrears / sum(course.weights, ZERO)

    def principal(place: int, interest: Decimal, balance: Decimal) -> Decimal:
        weight = course.weights[place]
        if level * weight < course.exact_interest(balance, course.terms.grace_periods + place):
            raise _below_interest()
        whole = course.rounded((level + apart) * weight)
        return whole - interest - sum(spread[place], ZERO)

    return principal


def _level(course: _Course) -> Decimal:
    """Return the exact annuity: principal / sum of weight x discount over the paying periods."""
    discount, weighed = Decimal(1), ZERO
    for place, weight in zip(course.paying, course.weights, strict=True):
        discount /= 1 + course.exact_interest(Decimal(1), place)
        weighed += weight * discount
    return course.owed.principal / weighed


def _grace_rows(course: _Course) -> list[Instalment]:
    if course.terms.grace is not Grace.INTEREST_ONLY:
        return []
    rows = []
    for place in range(course.terms.grace_periods):
        interest = course.interest(course.owed.principal, place)
        if interest > 0:  # without interest there is nothing to pay, and so no instalment
            rows.append(_row(course, place, ZERO, interest, _NOTHING, course.owed.principal))
    return rows


def _paid_rows(course: _Course, spread: list[Spread], rule: PrincipalRule) -> list[Instalment]:
    rows, balance = [], course.owed.principal
    last = len(spread) - 1
    for place, period in enumerate(course.paying):
        interest = course.interest(balance, period)
        wanted = balance if place == last else rule(place, interest, balance)
        principal = min(balance, max(ZERO, wanted))
        if course.terms.kind is Kind.EQUAL:  # where principal cannot make the amount equal, arrears do
            _bring_forward(spread, place, wanted - principal)
        balance -= principal
        rows.append(_row(course, period, principal, interest, spread[place], balance))
    return rows


def _bring_forward(spread: list[Spread], place: int, amount: Decimal) -> None:
    """Move arrears of later instalments into one; where the amount is below zero, some of its own into the next."""
    for later in range(place + 1, len(spread)):
        giver, taker = (later, place) if amount > 0 else (place, later)
        rest = abs(amount)
        moved = []
        for part in spread[giver]:
            moved.append(min(rest, part))
            rest -= moved[-1]
        interest, penalty, costs, carried = (part - gone for part, gone in zip(spread[giver], moved, strict=True))
        spread[giver] = interest, penalty, costs, carried
        interest, penalty, costs, carried = (part + more for part, more in zip(spread[taker], moved, strict=True))
        spread[taker] = interest, penalty, costs, carried
        amount = rest if amount > 0 else -rest
        if rest == 0:
            return


def _row(
    course: _Course,
    place: int,
    principal: Decimal,
    running: Decimal,
    arrears: Spread,
    balance: Decimal,
) -> Instalment:
    past, penalty, costs, carried = arrears
    new_interest = running + carried
    interest = past + new_interest
    day = course.days[place]
    return Instalment(
        number=place + 1, counted_date=day.counted_date, due_date=day.due_date,
        amount=principal + interest + penalty + costs, principal=principal, interest=interest, penalty=penalty,
        costs=costs, new_interest=new_interest, principal_left=balance,
    )  # fmt: skip


def _by_amount(owed: Owed, starts_on: date, terms: Terms) -> list[Instalment]:
    """Return the instalments of one amount: as few as settle the debt within `periods`, the last one the rest."""
    amount = terms.amount or ZERO
    unit = Decimal(1).scaleb(-minor_digits(owed.currency))
    if amount < unit or round_money(amount, owed.currency, Rounding.DOWN) != amount:
        raise BadInput("The instalment is not an amount of the currency above zero: correct it.")
    course = _course(owed, starts_on, terms)
    return _until_settled(course, amount, _arrears_in_turn(course, amount, unit))


def _arrears_in_turn(course: _Course, amount: Decimal, unit: Decimal) -> list[Decimal]:
    """Share the arrears over as many instalments of an amount as the debt takes, by their size."""
    count = _count_for(course, amount)
    arrears = course.owed.total - course.owed.principal
    whole = replace(course, terms=replace(course.terms, periods=count), weights=(Decimal(1),) * count)
    level = _level(whole) + arrears / count
    last = max(unit, course.rounded(level * count) - amount * (count - 1))
    return share_out(arrears, [*(amount,) * (count - 1), min(last, amount)], course.owed.currency)


def _until_settled(course: _Course, amount: Decimal, arrears: Sequence[Decimal]) -> list[Instalment]:
    """Return the instalments of one amount, each to the cent, until what is left is not more: the last.

    Each takes its share of the arrears; once the principal is paid, as much of them as fills it.
    """
    balance, left = course.owed.principal, _Arrears(course.owed)
    rows: list[Instalment] = []
    for place in range(course.terms.periods):
        interest = course.interest(balance, place)
        if balance + interest + left.total <= amount:
            return [*rows, _row(course, place, balance, interest, left.take(left.total), ZERO)]
        share = arrears[place] if place < len(arrears) else left.total
        past = min(left.total, amount, max(share, amount - interest - balance))
        principal = amount - interest - past
        if principal < 0:
            raise _below_interest()
        balance -= principal
        rows.append(_row(course, place, principal, interest, left.take(past), balance))
    raise _not_settled(course)


class _Arrears:
    """What is left of the arrears: costs are paid first, then penalty, then interest."""

    def __init__(self, owed: Owed) -> None:
        self._left = {"costs": owed.costs, "penalty": owed.penalty, "interest": owed.interest}

    @property
    def total(self) -> Decimal:
        return sum(self._left.values(), ZERO)

    def take(self, amount: Decimal) -> Spread:
        """Take an amount of them, in turn."""
        taken = {}
        for part, here in self._left.items():
            taken[part] = min(amount, here)
            self._left[part] -= taken[part]
            amount -= taken[part]
        return taken["interest"], taken["penalty"], taken["costs"], ZERO


def _below_interest() -> Unpayable:
    return Unpayable(
        "An instalment would not cover its own interest: take a smaller step, a lower rate, a higher amount or fewer "
        "instalments.",
        reason="BELOW_INTEREST",
    )


def _count_for(course: _Course, amount: Decimal) -> int:
    """Return the least number of periods whose equal instalment is not above an amount."""
    discount, weighed = Decimal(1), ZERO
    arrears = course.owed.total - course.owed.principal
    for place in range(course.terms.periods):
        discount /= 1 + course.exact_interest(Decimal(1), place)
        weighed += discount
        if course.owed.principal / weighed + arrears / (place + 1) <= amount:
            return place + 1
    raise _not_settled(course)


def _not_settled(course: _Course) -> Unpayable:
    return Unpayable(
        "The amount does not settle the debt within the term: take a higher amount or a longer term.",
        reason="NOT_SETTLED",
        periods=course.terms.periods,
    )


def _told(owed: Owed, starts_on: date, terms: Terms, rows: Sequence[Instalment]) -> Schedule:
    numbered = tuple(replace(row, number=place + 1) for place, row in enumerate(rows))
    total = sum((row.amount for row in rows), ZERO)
    flows = [(row.due_date, row.amount) for row in rows]
    return Schedule(
        currency=owed.currency, starts_on=starts_on, owed=owed, instalments=numbered, total=total,
        new_interest=sum((row.new_interest for row in rows), ZERO),
        apr=effective_yearly_rate(sum_at_start=owed.total, starts_on=starts_on, flows=flows),
        ends_on=max(row.due_date for row in rows), reasons=_calendar_reasons(terms, rows),
    )  # fmt: skip


def _calendar_reasons(terms: Terms, rows: Sequence[Instalment]) -> tuple[Reason, ...]:
    if terms.roll is Roll.NONE:
        return ()
    days = due_days(
        first=terms.first_due_date, count=terms.periods, frequency=terms.frequency, pay_day=terms.pay_day,
        roll=terms.roll,
    )  # fmt: skip
    unknown = {day.counted_date for day in days if not day.is_calendar_known}
    first = min((row.counted_date for row in rows if row.counted_date in unknown), default=None)
    return (Reason("HOLIDAYS_NOT_KNOWN", {"from_date": first}),) if first is not None else ()

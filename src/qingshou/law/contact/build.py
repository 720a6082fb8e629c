"""Hours and counters out of an instrument's values: what every contact rules.py is written with.

Values are named alike everywhere: `every_day_opens`, `saturday_closes`, ... for hours (NONE: closed all day), and any
other name for the number of a counter, whose code is that name in capitals.
"""

from collections.abc import Callable, Iterable
from datetime import date

from qingshou.kernel.verdict import Article, Confidence
from qingshou.law.contact.shape import Cap, Counts, DayClass, Gap, Hours, Quiet, Span, Unit, Window
from qingshou.law.contact.terms import EVERY, Channel, Outcome
from qingshou.law.reading import Bound
from qingshou.law.values import Instrument, Taken

# A letter has no hour: nobody is disturbed when it is posted.
TIMED = EVERY - {Channel.POST}
NOT_MADE = frozenset({Outcome.RELEASED})


def hours(
    law: Instrument,
    on: date,
    *,
    channels: frozenset[Channel] = TIMED,
    is_holiday: Callable[[date], bool] | None = None,
    by_consent: bool = False,
) -> Hours:
    """Return a text's contact hours on a date, from its `..._opens` and `..._closes` values.

    `by_consent` only where the text itself lets the person agree to other hours.
    """
    windows: dict[DayClass, Window | None] = {}
    taken: list[Taken] = []
    for kind in DayClass:
        name = kind.value.lower() if f"{kind.value.lower()}_opens" in law.values else "every_day"
        opens = law.value_on(f"{name}_opens", on)
        taken.append(opens)
        if opens.clock is None:
            windows[kind] = None
            continue
        closes = law.value_on(f"{name}_closes", on)
        taken.append(closes)
        windows[kind] = _window(opens, closes)
    return Hours(weakest(one.article for one in taken), windows, channels, is_holiday, by_consent)


def cap(
    law: Instrument,
    on: date,
    value_id: str,
    *,
    unit: Unit,
    channels: frozenset[Channel],
    counts: Counts = Counts.ATTEMPTS,
    span: Span = Span.DAYS,
    days: int = 1,
    per_collector: bool = False,
    ignores: frozenset[Outcome] = NOT_MADE,
    places: frozenset[str] = frozenset(),
    by_consent: bool = False,
) -> Cap:
    """Return a counter whose number is a value of the text."""
    most = law.value_on(value_id, on)
    return Cap(
        code=value_id.upper(),
        article=most.article,
        most=most.last_whole,
        unit=unit,
        counts=counts,
        channels=channels,
        span=span,
        days=days,
        per_collector=per_collector,
        ignores=ignores,
        places=places,
        by_consent=by_consent,
    )


def quiet(
    law: Instrument,
    on: date,
    value_id: str,
    *,
    unit: Unit,
    channels: frozenset[Channel],
    per_collector: bool = False,
    by_consent: bool = True,
) -> Quiet:
    """Return the days of rest after a conversation."""
    length = law.value_on(value_id, on)
    return Quiet(value_id.upper(), length.article, length.whole, unit, channels, per_collector, by_consent)


def gap(law: Instrument, on: date, value_id: str, *, channels: frozenset[Channel]) -> Gap:
    """Return the least distance between two contacts."""
    length = law.value_on(value_id, on)
    return Gap(value_id.upper(), length.article, length.first_whole, channels)


def weakest(articles: Iterable[Article]) -> Article:
    """Return the article we are least sure of: what rests on several is no surer than that one."""
    order = list(Confidence)
    return max(articles, key=lambda one: order.index(one.confidence))


def _window(opens: Taken, closes: Taken) -> Window:
    begins, ends = opens.clock, closes.clock
    if begins is None or ends is None or begins >= ends or closes.side is not Bound.UNDER:
        raise ValueError(f"{opens.article} and {closes.article} are no open hours: {opens.text} to {closes.text}")
    return Window(begins, ends, opens_after=opens.side is Bound.OVER)

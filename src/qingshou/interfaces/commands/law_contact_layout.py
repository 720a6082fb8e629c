"""A place's contact rules laid out: as data and as tables."""

from collections.abc import Iterable, Iterator

from rich.table import Table

from qingshou.interfaces.commands.law_words import CONFIDENCE, article_json
from qingshou.kernel.verdict import Article, Confidence
from qingshou.law.contact.shape import ContactLaw, DayClass, Hours, ThirdPersons, Window
from qingshou.law.contact.terms import EVERY, Channel
from qingshou.law.values import title_of


def law_json(law: ContactLaw) -> dict[str, object]:
    """Lay out everything that binds, for machines; what is unverified is listed once more by itself."""
    return {
        "hours": [_hours_json(one) for one in law.hours],
        "caps": [
            {
                "code": one.code,
                "most": one.most,
                "unit": one.unit.value,
                "counts": one.counts.value,
                "span": one.span.value,
                "days": one.days if one.span.value == "DAYS" else None,
                "channels": _channels(one.channels),
                "per_collector": one.per_collector,
                "not_counted": sorted(one.ignores),
                "places": sorted(one.places),
                "by_consent": one.by_consent,
                "article": article_json(one.article),
            }
            for one in law.caps
        ],
        "quiets": [
            {"code": one.code, "days": one.days, "unit": one.unit.value, "channels": _channels(one.channels),
             "per_collector": one.per_collector, "by_consent": one.by_consent, "article": article_json(one.article)}
            for one in law.quiets
        ],
        "gaps": [
            {"code": one.code, "days": one.days, "channels": _channels(one.channels),
             "article": article_json(one.article)}
            for one in law.gaps
        ],
        "one_channel": [
            {"code": one.code, "channels": _channels(one.channels), "article": article_json(one.article)}
            for one in law.one_channel
        ],
        "third_persons": [_third_json(one) for one in law.third_persons],
        "stops": {stop.value: article_json(article) for stop, article in law.stops.items()},
        "text_consent_days": law.text_consent_days,
        "notes": [{**article_json(one), "title": title_of(one.instrument)} for one in law.notes],
        "unverified": [article_json(one) for one in law.articles if one.confidence is Confidence.UNVERIFIED],
    }  # fmt: skip


def law_tables(law: ContactLaw) -> Iterator[Table]:
    """Lay out everything that binds, for people."""
    hours = Table("hours", "Monday to Friday", "Saturday", "Sunday", "holiday", "channels", "how sure")
    for one in law.hours:
        spans = [_span(one.windows.get(kind)) for kind in DayClass]
        if one.is_holiday is None:
            spans[-1] = "as the day"
        hours.add_row(*_named(one.article, *spans, _shown(one.channels)))
    yield hours
    counters = Table("counter", "rule", "channels", "text and article", "how sure")
    for code, rule, channels, article in _counters(law):
        place = f"{article.instrument} {article.article}"
        counters.add_row(code, rule, channels, place, CONFIDENCE[article.confidence])
    yield counters
    rests = Table("stop or note", "text and article", "how sure")
    for stop, article in law.stops.items():
        rests.add_row(stop.value, f"{article.instrument} {article.article}", CONFIDENCE[article.confidence])
    for article in law.notes:
        rests.add_row("note", f"{title_of(article.instrument)}, {article.article}", CONFIDENCE[article.confidence])
    yield rests


def _counters(law: ContactLaw) -> Iterator[tuple[str, str, str, Article]]:
    for cap in law.caps:
        span = "week" if cap.span.value == "WEEK" else f"{cap.days} days" if cap.days > 1 else "day"
        unit = cap.unit.value.lower()
        rule = f"at most {cap.most} {cap.counts.value.lower()} a {span} per {unit}".replace("a 7 days", "in 7 days")
        yield cap.code, rule.replace("a 30 days", "in 30 days"), _shown(cap.channels), cap.article
    for quiet in law.quiets:
        yield quiet.code, f"none within {quiet.days} days of a conversation", _shown(quiet.channels), quiet.article
    for gap in law.gaps:
        yield gap.code, f"at least {gap.days} days apart", _shown(gap.channels), gap.article
    for single in law.one_channel:
        yield single.code, "only one channel a week", _shown(single.channels), single.article
    for third in law.third_persons:
        yield "THIRD_PERSONS", _third_words(third), "all", third.article


def _third_words(third: ThirdPersons) -> str:
    if not third.allowed:
        return "nobody else"
    ways = [
        f"after {third.failed_dials} failed dials, from the next day" if third.failed_dials else "",
        f"after {third.failed_days} failed days" if third.failed_days else "",
        "when the number is invalid" if third.if_number_invalid else "",
        "when the debtor is dead or incapable" if third.if_dead_or_incapable else "",
        "once" if third.once else "",
    ]
    return "; ".join(one for one in ways if one)


def _hours_json(hours: Hours) -> dict[str, object]:
    windows = {
        kind.value: {
            "opens": f"{window.opens_at:%H:%M}",
            "closes": f"{window.closes_at:%H:%M}",
            "opens_after": window.opens_after,
        }
        if window
        else None
        for kind, window in hours.windows.items()
    }
    return {
        "windows": windows,
        "holidays_differ": hours.is_holiday is not None,
        "channels": _channels(hours.channels),
        "by_consent": hours.by_consent,
        "article": article_json(hours.article),
    }


def _third_json(third: ThirdPersons) -> dict[str, object]:
    return {
        "allowed": third.allowed,
        "failed_dials": third.failed_dials,
        "failed_days": third.failed_days,
        "if_number_invalid": third.if_number_invalid,
        "if_dead_or_incapable": third.if_dead_or_incapable,
        "once": third.once,
        "article": article_json(third.article),
    }


def _named(article: Article, *cells: str) -> tuple[str, ...]:
    return (f"{article.instrument} {article.article}", *cells, CONFIDENCE[article.confidence])


def _span(window: Window | None) -> str:
    if window is None:
        return "closed"
    return f"{'after ' if window.opens_after else ''}{window.opens_at:%H:%M}-{window.closes_at:%H:%M}"


def _channels(channels: Iterable[Channel]) -> list[str]:
    return sorted(one.value for one in channels)


def _shown(channels: frozenset[Channel]) -> str:
    if channels == EVERY:
        return "all"
    if channels == EVERY - {Channel.POST}:
        return "all but letters"
    return ", ".join(_channels(channels))

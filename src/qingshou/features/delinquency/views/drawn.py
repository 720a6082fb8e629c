"""The charts of the cockpit: figures of queries.py in the form the web components draw."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qingshou.edges.charts import Chart, Number, Series
from qingshou.edges.words import SEVERITIES
from qingshou.features.delinquency import phrases
from qingshou.features.delinquency.queries import ENDS, STATES, Portfolio, Share, ThreeMonths, VintagePoint

# name, key, date or None for the portfolio's own -> address of the rows, or None for who may not see loans
Link = Callable[[str, str, date | None], str | None]

BRANCHES_SHOWN = 20
VINTAGES_SHOWN = 12
BUCKETS = ("M1", "M2", "M3", "M4", "M5", "M6", "M7")
OVERDUE_KEYS = ("D1", "D30", "D90")
_TONES = {"MILD": "sev-mild", "MODERATE": "sev-moderate", "SEVERE": "sev-severe"}


def _format(measure: str) -> str:
    return "count" if measure == "COUNT" else "money"


def _unit(portfolio: Portfolio, measure: str) -> str:
    return "" if measure == "COUNT" else portfolio.currency


def trend_chart(trend: Sequence[tuple[date, dict[str, Share]]], measure: str, link: Link) -> Chart:
    """Draw the overdue rate over all dates."""
    names = {"D1": _("Overdue"), "D30": _("30 days and more"), "D90": _("90 days and more")}
    nothing = Share(None, None)
    return Chart(
        id="overdue-rate",
        title=str(phrases.FIGURES["overdue_rate"]),
        kind="line",
        format="percent",
        row_head=_("Date"),
        categories=[day.isoformat() for day, _shares in trend],
        series=[
            Series(names[key], [shares.get(f"{key}|{measure}", nothing).value for _day, shares in trend])
            for key in OVERDUE_KEYS
        ],
        links=[[link("overdue_rate", f"{key}|{measure}", day) for day, _shares in trend] for key in OVERDUE_KEYS],
        how=str(phrases.HOW["overdue_rate"]),
    )


def waterfall_charts(portfolio: Portfolio, measure: str, link: Link) -> list[Chart]:
    """Draw one waterfall a severity; lines that moved nothing are left out."""
    charts = []
    for group, lines in portfolio.waterfall().items():
        place = 0 if measure == "COUNT" else 1
        shown = [
            (line, held[place])
            for line, held in lines.items()
            if line in ("OPENING", "CLOSING") or (held[0] and not (measure == "COUNT" and line == "BALANCE_CHANGE"))
        ]
        signed = [(line, value if value is None or line not in _OUT else -value) for line, value in shown]
        charts.append(
            Chart(
                id=f"waterfall-{group.lower()}",
                title=str(SEVERITIES[group]),
                kind="waterfall",
                format=_format(measure),  # type: ignore[arg-type]
                unit=_unit(portfolio, measure),
                row_head=pgettext("waterfall", "Line"),
                categories=[str(phrases.LINES[line]) for line, _value in signed],
                series=[
                    Series(str(SEVERITIES[group]), [value for _line, value in signed], tone=_TONES.get(group, "")),
                    Series("", [1 if line in ("OPENING", "CLOSING") else 0 for line, _value in signed]),
                ],
                links=[[link("waterfall", f"{group}|{line}", None) for line, _value in signed]],
                how=str(phrases.HOW["waterfall"]),
            )
        )
    return charts


_OUT = ("CURED", "ROLLED_OUT", "ROLLED_BACK_OUT", "REASSESSED_OUT", "WRITTEN_OFF", "PAID_OFF", "GONE")


def roll_chart(portfolio: Portfolio, measure: str, link: Link) -> Chart:
    """Draw the roll matrix as a heat map: from the earlier date's state (rows) to this date's (columns)."""
    shares = portfolio.roll_shares(measure)
    rows = [state for state in STATES if state in shares]
    reached = {after for row in shares.values() for after in row}
    columns = [state for state in (*STATES, *ENDS) if state in reached or state in BUCKETS]
    return Chart(
        id="roll-matrix",
        title=str(phrases.FIGURES["roll_matrix"]),
        kind="heat",
        format="percent",
        row_head=pgettext("matrix", "From"),
        # the rows say what M1 to M7 are: across, there is room for the short form only
        categories=[state if state in BUCKETS else str(phrases.STATES[state]) for state in columns],
        series=[
            Series(str(phrases.STATES[row]), [shares[row].get(column, Decimal(0)) for column in columns])
            for row in rows
        ],
        links=[
            [link("roll_matrix", f"{row}>{column}", None) if column in shares[row] else None for column in columns]
            for row in rows
        ],
        how=str(phrases.HOW["roll_matrix"]),
    )


RATE_KEYS = {"cure_rate": "M{0}", "roll_rate": "M{0}>M{1}", "flow_rate": "M{0}>M{1}"}


def rates_charts(portfolio: Portfolio, measure: str, link: Link) -> list[Chart]:
    """Draw cure and roll rate of each bucket side by side; the flow rate alone, for it may be many times 100 %."""
    return [
        _rates_chart(portfolio, measure, link, "rates", _("Cure and roll rates"), ("cure_rate", "roll_rate")),
        _rates_chart(portfolio, measure, link, "flow", str(phrases.FIGURES["flow_rate"]), ("flow_rate",)),
    ]


def _rates_chart(portfolio: Portfolio, measure: str, link: Link, name: str, title: str, shown: Sequence[str]) -> Chart:
    places = range(1, 8)
    keys = {one: [RATE_KEYS[one].format(place, place + 1) for place in places] for one in shown}
    return Chart(
        id=name,
        title=title,
        kind="bar",
        format="percent",
        row_head=_("Months past due"),
        categories=[str(phrases.STATES[f"M{place}"]) for place in places],
        series=[
            Series(str(phrases.FIGURES[one]), [portfolio.share(one, key, measure).value for key in keys[one]])
            for one in shown
        ],
        links=[[link(one, f"{key}|{measure}", None) for key in keys[one]] for one in shown],
        how=" ".join(f"{phrases.FIGURES[one]}: {phrases.HOW[one]}" for one in shown),
    )


def structure_chart(portfolio: Portfolio, name: str, measure: str, link: Link) -> Chart:
    """Draw the loans of the book by class, stage or severity."""
    words, order = {
        "structure_class": (phrases.CLASSES, phrases.CLASS_ORDER),
        "structure_stage": (phrases.STAGES, tuple(phrases.STAGES)),
        "structure_severity": (SEVERITIES, tuple(SEVERITIES)),
    }[name]
    held = portfolio.structure(name)
    codes = sorted(held, key=lambda code: order.index(code) if code in order else len(order))
    place = 0 if measure == "COUNT" else 1
    return Chart(
        id=name.replace("_", "-"),
        title=str(phrases.FIGURES[name]),
        kind="bar",
        format=_format(measure),  # type: ignore[arg-type]
        unit=_unit(portfolio, measure),
        row_head=str(phrases.COLUMNS["regulatory_class"]) if name == "structure_class" else "",
        categories=[str(words.get(code, code)) for code in codes],
        series=[
            Series(
                _("Loans") if measure == "COUNT" else pgettext("amount", "Balance"),
                [held[code][place] for code in codes],
            )
        ],
        links=[[link(name, code, None) for code in codes]],
        how=str(phrases.HOW[name]),
    )


def provision_chart(portfolio: Portfolio, link: Link) -> Chart:
    """Draw the provisions of each class; unknown where balances or rates are."""
    held = portfolio.structure("provision_class")
    codes = sorted(held, key=lambda code: phrases.CLASS_ORDER.index(code) if code in phrases.CLASSES else 99)
    return Chart(
        id="provisions",
        title=str(phrases.FIGURES["provision_class"]),
        kind="bar",
        format="money",
        unit=portfolio.currency,
        row_head=str(phrases.COLUMNS["regulatory_class"]),
        categories=[str(phrases.CLASSES.get(code, code)) for code in codes],
        series=[Series(_("Provision"), [held[code][1] for code in codes])],
        links=[[link("provision_class", code, None) for code in codes]],
        how=str(phrases.HOW["provision_class"]),
    )


def arrears_chart(portfolio: Portfolio, measure: str, link: Link, words: Mapping[str, object]) -> Chart:
    """Draw overdue loans (or what is past due) by branch, a colour a product in its words; the branches with most."""
    cells = {tuple(key.split("|", 1)): one for key, one in portfolio.named("arrears_by").items()}
    totals: dict[str, int] = {}
    for (_product, branch), one in cells.items():
        totals[branch] = totals.get(branch, 0) + (one.loans_count or 0)
    branches = sorted(totals, key=lambda branch: (-totals[branch], branch))[:BRANCHES_SHOWN]
    products = sorted({product for product, _branch in cells})

    def value(product: str, branch: str) -> Number:
        one = cells.get((product, branch))
        if one is None:
            return 0
        counted: Number = one.loans_count if measure == "COUNT" else one.amount
        return counted

    title = str(phrases.FIGURES["arrears_by"]) if measure != "COUNT" else _("Overdue loans by product and branch")
    return Chart(
        id="arrears-by",
        title=title,
        kind="stacked",
        format=_format(measure),  # type: ignore[arg-type]
        unit=_unit(portfolio, measure),
        row_head=str(phrases.COLUMNS["branch"]),
        categories=[branch or _("Branch not given") for branch in branches],
        series=[
            Series(str(words.get(product, product)), [value(product, branch) for branch in branches])
            for product in products
        ],
        links=[
            [link("arrears_by", f"{one}|{branch}", None) if (one, branch) in cells else None for branch in branches]
            for one in products
        ],
        how=str(phrases.HOW["arrears_by"]),
    )


def vintage_chart(points: Sequence[VintagePoint], days: int, link: Link) -> Chart | None:
    """Draw the share of each origination month that was late by so many months on book; None without any."""
    cohorts = sorted({one.cohort for one in points})[-VINTAGES_SHOWN:]
    if not cohorts:
        return None
    by_place = {(one.cohort, one.months): one for one in points}
    months = range(max(one.months for one in points if one.cohort in cohorts) + 1)

    def linked(cohort: str, month: int) -> str | None:
        one = by_place.get((cohort, month))
        return link("vintage", f"{cohort}|{days}|COUNT", one.as_of) if one else None

    return Chart(
        id=f"vintage-{days}",
        title=_("Vintage: at least %(days)d days past due") % {"days": days},
        kind="line",
        format="percent",
        row_head=_("Months on book"),
        categories=[str(month) for month in months],
        series=[
            Series(
                cohort,
                [by_place[cohort, month].share.value if (cohort, month) in by_place else None for month in months],
            )
            for cohort in cohorts
        ],
        links=[[linked(cohort, month) for month in months] for cohort in cohorts],
        how=str(phrases.HOW["vintage"]),
    )


def three_months_chart(found: ThreeMonths) -> Chart:
    """Draw what is current after three months: by chained one-month matrices, and in truth."""
    states = [state for state in ("M0", *BUCKETS) if state in found.direct]
    return Chart(
        id="three-months",
        title=_("Current after three months"),
        kind="bar",
        format="percent",
        row_head=pgettext("matrix", "From"),
        categories=[str(phrases.STATES[state]) for state in states],
        series=[
            Series(_("By three one-month matrices"), [found.chain.get(one, {}).get("M0") for one in states]),
            Series(_("In truth: the direct matrix"), [found.direct[one].get("M0", Decimal(0)) for one in states]),
        ],
        how=str(phrases.CHAIN_WARNING),
    )

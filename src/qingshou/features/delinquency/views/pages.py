"""The cockpit: what the portfolio is doing, each figure with its formula and the loans behind it."""

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qingshou.access.guards import Hidden, requires
from qingshou.edges.exports import export_response
from qingshou.edges.products import product_words
from qingshou.edges.tables import Table, TableState, page_of
from qingshou.features.delinquency import phrases, queries
from qingshou.features.delinquency.key_words import key_words
from qingshou.features.delinquency.views import drawn as draw
from qingshou.features.delinquency.views.listed import drill_columns, figure_columns
from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput, NotFound
from qingshou.tenancy.queries import current_tenant

PAGE_SIZE = 50
MEASURES = ("COUNT", "BALANCE")


@require_GET
@requires("cockpit.view")
def cockpit(request: HttpRequest) -> HttpResponse:
    """Show the portfolio on a date, by loans or by balance, compared with an earlier date."""
    dates = queries.list_dates()
    if not dates:
        return render(request, "delinquency/cockpit_empty.html")
    tenant = current_tenant()
    as_of = _asked_date(request, "as_of", dates) or dates[0]
    measure = request.GET.get("by", "")
    measure = measure if measure in MEASURES else "COUNT"
    portfolio = queries.get_portfolio(
        as_of=as_of,
        base_date=_asked_date(request, "base", dates),
        currency=request.GET.get("currency", "")[:3],
        preferred_currency=tenant.currency,
    )
    link = _linker(request, portfolio)
    three_months = queries.get_three_months(portfolio=portfolio)
    vintages = queries.list_vintages(as_of=as_of, currency=portfolio.currency)
    classification = queries.get_classification(as_of=as_of)
    context = {
        "dates": dates,
        "classification": classification,
        "portfolio": portfolio,
        "measure": measure,
        "cards": _cards(portfolio, measure, link),
        "notices": _notices(tenant, classification, portfolio),
        "trend": draw.trend_chart(queries.list_overdue_trend(currency=portfolio.currency), measure, link),
        "waterfalls": draw.waterfall_charts(portfolio, measure, link),
        "roll": draw.roll_chart(portfolio, measure, link) if portfolio.base_date else None,
        "rates": draw.rates_charts(portfolio, measure, link) if portfolio.base_date else [],
        "three_months": draw.three_months_chart(three_months) if three_months else None,
        "three_months_base": three_months.base_date if three_months else None,
        "chain_warning": phrases.CHAIN_WARNING,
        "place": phrases.PLACES.get(classification.jurisdiction, classification.jurisdiction),
        "structures": [
            draw.structure_chart(portfolio, name, measure, link)
            for name in ("structure_class", "structure_severity", "structure_stage")
        ],
        "provisions": draw.provision_chart(portfolio, link),
        "arrears": draw.arrears_chart(portfolio, measure, link, product_words(tenant.settings)),
        "arrears_unknown": _all_unknown(portfolio.named("arrears_by")),
        "vintages": [one for days, points in vintages.items() if (one := draw.vintage_chart(points, days, link))],
        "how": phrases.HOW,
    }
    return render(request, "delinquency/cockpit.html", context)


@require_GET
@requires("cockpit.view")
def figures(request: HttpRequest) -> HttpResponseBase:
    """List every figure of a date, as numbers; each opens to its loans."""
    dates = queries.list_dates()
    as_of = _asked_date(request, "as_of", dates) or (dates[0] if dates else None)
    found = queries.list_figures(as_of=as_of) if as_of else []
    columns = figure_columns(with_links=_may_see_loans(request), products=product_words(current_tenant().settings))
    state = TableState.of(request, columns, sort="name")
    table = Table(
        id="figures",
        caption=_("Figures of a date"),
        columns=columns,
        rows=page_of(found, state, columns, page_size=PAGE_SIZE),
        state=state,
        total=len(found),
        page_size=PAGE_SIZE,
        empty_title=_("No figure has been counted yet"),
        empty_text=_("A day's run classes the book and counts its figures."),
    )
    if state.export:
        return export_response(columns=table.shown, rows=table.rows, form=state.export, file_name=f"figures-{as_of}")
    return render(request, "delinquency/figures.html", {"table": table, "as_of": as_of, "dates": dates})


@require_GET
@requires("loans.view")
def drill(request: HttpRequest) -> HttpResponseBase:
    """List the loans behind a figure: as many as it counts."""
    name, key = request.GET.get("name", "")[:40], request.GET.get("key", "")[:120]
    currency = request.GET.get("currency", "")[:3]
    dates = queries.list_dates()
    as_of, base = _asked_date(request, "as_of", dates), _asked_date(request, "base", dates)
    figure = queries.get_figure(name=name, key=key, as_of=as_of, base_date=base, currency=currency) if as_of else None
    if as_of is None or figure is None:
        raise Hidden(_("There is no such figure: open it from the cockpit."))
    products = product_words(current_tenant().settings)
    columns = drill_columns(name, currency, products)
    state = TableState.of(request, columns, sort="loan_id")
    try:
        found = queries.drill(
            name=name,
            key=key,
            as_of=as_of,
            base_date=base,
            currency=currency,
            home=Path(settings.QINGSHOU_HOME),
            order_by=state.sort,
            descending=state.descending,
            page=state.page,
            page_size=None if state.export else PAGE_SIZE,
        )
    except NotFound as error:
        raise Hidden(error.message) from error
    table = Table(
        id="drill",
        caption=str(phrases.FIGURES.get(name, name)),
        columns=columns,
        rows=found.rows,
        state=state,
        total=found.total,
        page_size=PAGE_SIZE,
        empty_title=_("No loan is counted here"),
        empty_text=_("The figure is zero: nothing of the book falls under it on this date."),
    )
    if state.export:
        return export_response(columns=table.shown, rows=found.rows, form=state.export, file_name=f"{name}-{as_of}")
    context = {
        "table": table,
        "figure": figure,
        "title": phrases.FIGURES.get(name, name),
        "of": key_words(name, key, products),
        "how": phrases.HOW.get(name, ""),
        "classification": queries.get_classification(as_of=as_of),
        "back": f"{reverse('delinquency:cockpit')}?{urlencode({'as_of': as_of.isoformat()})}",
    }
    return render(request, "delinquency/drill.html", context)


def _asked_date(request: HttpRequest, name: str, dates: list[date]) -> date | None:
    """Return the date the address asks for when the book was classed on it."""
    try:
        asked = parse_date(request.GET.get(name, ""))
    except BadInput:
        return None
    return asked if asked in dates else None


def _all_unknown(found: dict[str, Any]) -> bool:
    return bool(found) and all(one.amount is None for one in found.values())


def _may_see_loans(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.has_perm("loans.view"))


def _linker(request: HttpRequest, portfolio: queries.Portfolio) -> draw.Link:
    """Return the maker of addresses of drill pages; None for who may not list loans."""
    place = reverse("delinquency:drill")
    allowed = _may_see_loans(request)

    def link(name: str, key: str, as_of: date | None = None) -> str | None:
        if not allowed:
            return None
        query = {"name": name, "key": key, "as_of": (as_of or portfolio.as_of).isoformat()}
        if as_of is None and (name, key) in portfolio.compared and portfolio.base_date:
            query["base"] = portfolio.base_date.isoformat()
        return f"{place}?{urlencode({**query, 'currency': portfolio.currency})}"

    return link


def _cards(portfolio: queries.Portfolio, measure: str, link: draw.Link) -> list[dict[str, Any]]:
    """Return the figures at the top: what a risk officer must see at a glance."""
    cards = []
    book = portfolio.figure("book")
    cards.append(_card("book", "ALL", (book.loans_count if book else 0), "count", link))
    if measure == "BALANCE":
        cards[0] = _card("book", "ALL", book.amount if book else None, "money", link, unit=portfolio.currency)
    for key, words in (("D1", _("Overdue")), ("D30", _("30 days and more")), ("D90", _("90 days and more"))):
        share = portfolio.share("overdue_rate", key, measure)
        cards.append(_card("overdue_rate", f"{key}|{measure}", share.value, "percent", link, label=words))
    if portfolio.base_date:
        entry = portfolio.share("entry_rate", "ALL", measure)
        cards.append(_card("entry_rate", f"ALL|{measure}", entry.value, "percent", link))
    bad = portfolio.figure("non_performing")
    value = (bad.loans_count if measure == "COUNT" else bad.amount) if bad else 0
    cards.append(_card("non_performing", "ALL", value, "count" if measure == "COUNT" else "money", link))
    return cards


def _card(
    name: str, key: str, value: Any, kind: str, link: draw.Link, *, label: str = "", unit: str = ""
) -> dict[str, Any]:
    return {
        "label": label or phrases.FIGURES[name],
        "value": value,
        "kind": kind,
        "unit": unit,
        "how": phrases.HOW[name],
        "href": link(name, key, None) or "",
    }


def _notices(tenant: Any, classification: Any, portfolio: queries.Portfolio) -> list[str]:
    """Return what a reader must know before trusting the page."""
    notices = []
    if classification.shape == "SCHEDULE":
        notices.append(_("Days past due are counted from schedule and payments."))
    if tenant.law_date:
        notices.append(
            _(
                "Regulatory classes on this page are judged by the law of %(law)s, not of the as-of date: no text held "
                "covers the time of this book."
            )
            % {"law": classification.law_on.isoformat()}
        )
    if classification.derived_days_count:
        notices.append(
            _(
                "Days past due of %(count)s loans are derived from a monthly status or band, not given in days: read "
                "them as the start of a band."
            )
            % {"count": f"{classification.derived_days_count:,}"}
        )
    if classification.unknown_days_count:
        notices.append(
            _("Days past due of %(count)s loans are unknown: they are in no overdue rate.")
            % {"count": f"{classification.unknown_days_count:,}"}
        )
    for reason, count in classification.reasons_unclassified.items():
        notices.append(
            _("%(count)s loans are not classified: %(reason)s.")
            % {"count": f"{count:,}", "reason": phrases.REASONS.get(reason, reason)}
        )
    book = portfolio.figure("book")
    if book and book.unknown_count:
        notices.append(
            _("The balance of %(count)s loans is unknown: sums are of the known ones only, and never count it as zero.")
            % {"count": f"{book.unknown_count:,}"}
        )
    if classification.unverified_articles:
        notices.append(
            _("Some values of the law applied here were not verified against the text: %(articles)s.")
            % {"articles": ", ".join(classification.unverified_articles)}
        )
    return notices

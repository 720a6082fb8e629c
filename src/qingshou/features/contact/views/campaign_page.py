"""One campaign: how far everyone came, why some are refused, what it was worth; the rows behind each number."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_GET

from qingshou.access.actors import actor_of
from qingshou.access.guards import ensure, is_allowed, requires
from qingshou.access.queries import names_of_users
from qingshou.edges import clock, figures
from qingshou.edges.charts import Chart, Series
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.products import product_words
from qingshou.edges.tables import Column, Table, TableState
from qingshou.edges.words import LANGUAGES, actor_words
from qingshou.features.cases.phrases import NEXT_ACTIONS, SEVERITIES, STAGES
from qingshou.features.contact.phrases import campaigns as phrases
from qingshou.features.contact.phrases.door import CHANNELS, REFUSALS, article_words
from qingshou.features.contact.phrases.templates import CODES as TEMPLATE_CODES
from qingshou.features.contact.phrases.templates import TONES as TONE_WORDS
from qingshou.features.contact.queries import campaigns as queries
from qingshou.features.contact.queries.campaign_results import EARLY_DAYS, Line, Results, results_of
from qingshou.features.contact.rules import campaign_states as states
from qingshou.features.contact.views.campaigns import TONES
from qingshou.kernel.verdict import Article, Confidence
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import sealed_fields
from qingshou.tenancy.queries import current_tenant

PAGE_SIZE = 50
EXPORT_ROWS_MAX = 20_000
REASONS = {**REFUSALS, **phrases.REASONS}
_CODED = {"severity": SEVERITIES, "stage": STAGES, "next_action": NEXT_ACTIONS, "language": dict(LANGUAGES)}
_STATES = {**phrases.MEMBER_STATES, "LATE": gettext_lazy("Refused when the message would have been queued")}
_STATE_TONES = {"QUEUED": "good", "CLEARED": "good", "REFUSED": "bad", "STOPPED": "bad", "HELD_OUT": "note"}


@require_GET
@requires("contact.campaigns")
def campaign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Show a campaign."""
    return render(request, "contact/campaign.html", _context(campaign_id))


@require_GET
@requires("contact.campaigns")
def progress(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Return the parts of the page that change while the campaign is prepared or runs; with its state, all of it."""
    context = _context(campaign_id)
    answer = render(request, "contact/campaign_progress.html", context)
    if context["campaign"].status != request.GET.get("was") or not context["is_moving"]:
        answer["HX-Refresh"] = "true"
    return answer


def _context(campaign_id: UUID) -> dict[str, Any]:
    found = queries.get_campaign(campaign_id=campaign_id)
    funnel = queries.funnel_of(campaign_id=campaign_id)
    now = clock.now()
    return {
        "campaign": found,
        "funnel": funnel,
        "is_moving": found.status in (states.PREPARING, states.RUNNING) or bool(_left_to_cancel(found, funnel)),
        "work": _work(found, funnel),
        "may": {act: states.may(act, found.status) for act in states.ACTS},
        "dialogs": list(_dialogs(found, funnel)),
        "statuses": phrases.STATUSES,
        "status_tone": TONES.get(found.status, ""),
        "facts": _facts(found),
        "chart": _chart(found, funnel),
        "reasons": [_reason_line(found, one) for one in queries.reasons_of(campaign=found)],
        "results": _results(results_of(campaign=found, now=now)),
        "members_href": reverse("contact:campaign_members", args=[found.id]),
    }


def _left_to_cancel(found: Any, funnel: queries.Funnel) -> int:
    return funnel.waiting if found.status == states.STOPPED else 0


def _work(found: Any, funnel: queries.Funnel) -> dict[str, Any]:
    """Return what is being done and how far it is."""
    if found.status == states.PREPARING:
        chosen = found.progress.get("chosen")
        return {"doing": _("Judging everyone; nothing is sent"), "done": found.progress.get("judged", 0),
                "total": chosen}  # fmt: skip
    if _left_to_cancel(found, funnel):
        return {"doing": _("Cancelling what waits"), "done": funnel.cancelled,
                "total": funnel.cancelled + funnel.waiting}  # fmt: skip
    if funnel.cleared:
        return {"doing": _("Queueing messages"), "done": funnel.queued + funnel.refused_late,
                "total": funnel.to_contact}  # fmt: skip
    return {"doing": _("Sending"), "done": funnel.queued - funnel.waiting, "total": funnel.queued}


def _dialogs(found: Any, funnel: queries.Funnel) -> Iterator[dict[str, Any]]:
    """Yield what each act asks before it is done: once, in words that name the numbers."""
    counts = {"left": funnel.cleared + funnel.waiting, "sent": funnel.sent, "refused": funnel.refused,
              "held_out": funnel.held_out, "count": funnel.cleared}  # fmt: skip
    named = {"name": found.name, **{name: f"{count:,}" for name, count in counts.items()}}
    said = {
        "START": (
            ngettext("Write to %(count)s debtor: %(name)s?", "Write to %(count)s debtors: %(name)s?", funnel.cleared),
            _("Each is judged once more as the message is queued and as it leaves. Refused: %(refused)s. Left alone by "
              "lot: %(held_out)s. They get nothing."),
            _("Start"),
        ),
        "PAUSE": (
            _("Pause the campaign?"),
            _("Messages that have not left: %(left)s. They wait until you let the campaign go on."),
            _("Pause"),
        ),
        "RESUME": (
            _("Let the campaign go on?"),
            _("Messages that have not left: %(left)s. Each is judged once more before it leaves."),
            _("Go on"),
        ),
        "STOP": (
            _("Stop the campaign for good?"),
            _("Messages that have not left: %(left)s. They are cancelled. Already gone: %(sent)s. They cannot be "
              "called back. A stopped campaign cannot be taken up again."),
            _("Stop for good"),
        ),
    }  # fmt: skip
    for act, (title, text, label) in said.items():
        if states.may(act, found.status):
            verb = act.lower()
            yield {
                "id": f"{verb}-campaign",
                "href": reverse(f"contact:{verb}_campaign", args=[found.id]),
                "title": title % named,
                "text": text % named,
                "label": label,
                "is_final": act == "STOP",
                "count": funnel.cleared if act == "START" else None,
            }


def _facts(found: Any) -> list[tuple[Any, Any]]:
    """Return what the campaign is, as a list of names and values."""
    coded: dict[str, Any] = {**_CODED, "product": product_words(current_tenant().settings)}
    people = names_of_users(usernames=[found.made_by])
    segment = [
        _("%(name)s: %(value)s") % {"name": phrases.SEGMENT[name], "value": coded.get(name, {}).get(value, value)}
        for name, value in found.segment.items()
    ]
    held_out = figures.percent(found.holdout_share, 1)
    if not found.holdout_share:
        held_out = str(phrases.NO_HOLDOUT.get(found.progress.get("no_holdout", ""), held_out))
    return [
        (_("For"), " · ".join(segment) or _("All live cases")),
        (_("Channel"), CHANNELS.get(found.channel, _("Best channel and hour for each person"))),
        (_("What is said"), f"{TEMPLATE_CODES.get(found.template_code, found.template_code)} · "
                            f"{TONE_WORDS.get(found.tone, found.tone)}"),
        (_("Left alone by lot"), held_out),
        (_("Messages a minute at most"), figures.count(found.per_minute)),
        (_("Made"), format_html("{} · {}", figures.instant(found.made_at), actor_words(found.made_by, people))),
    ]  # fmt: skip


def _chart(found: Any, funnel: queries.Funnel) -> Chart:
    members = reverse("contact:campaign_members", args=[found.id])
    steps = [
        (_("Chosen"), funnel.chosen, ""),
        (_("Left alone by lot"), funnel.held_out, "HELD_OUT"),
        (pgettext("campaign", "Refused"), funnel.refused + funnel.refused_late, "REFUSED"),
        (_("To be contacted"), funnel.to_contact - funnel.refused_late, ""),
        (pgettext("messages", "Queued"), funnel.queued, "QUEUED"),
        (pgettext("messages", "Sent"), funnel.sent, None),
        (pgettext("messages", "Delivered"), funnel.delivered, None),
        (_("Replied"), funnel.replied, None),
    ]
    return Chart(
        id="campaign-funnel", title=_("From the choice to the answer"), kind="bar", unit=_("debtors"),
        categories=[str(name) for name, _count, _state in steps],
        series=[Series(_("Debtors"), [count for _name, count, _state in steps])],
        links=[[None if state is None else f"{members}?state={state}" for _name, _count, state in steps]],
        row_head=_("Step"),
        how=_("Everyone chosen is left alone by lot, refused, or to be contacted. Sent, delivered and replied count "
              "messages that came at least so far, as the providers report it."),
    )  # fmt: skip


def _reason_line(found: Any, one: queries.ReasonCount) -> dict[str, Any]:
    articles = [
        article_words(Article(told["instrument"], told["article"], Confidence(told["confidence"])))
        for told in one.articles
    ]
    members = reverse("contact:campaign_members", args=[found.id])
    return {
        "words": REASONS.get(one.code, one.code),
        "count": one.count,
        "articles": list(dict.fromkeys(articles)),
        "href": f"{members}?state=REFUSED&code={one.code}",
    }


def _results(results: Results | None) -> dict[str, Any] | None:
    if results is None:
        return None
    return {
        "treated": results.treated,
        "held_out": results.held_out,
        "since": results.since,
        "until": results.until,
        "days": results.days,
        "early_days": EARLY_DAYS,
        "is_early": results.is_early,
        "lines": [_result_line(one, is_early=results.is_early) for one in results.lines],
    }


def _result_line(one: Line, *, is_early: bool) -> dict[str, Any]:
    found = one.difference
    line = {
        "words": phrases.OUTCOMES[one.name],
        "treated": figures.percent(one.treated.value, 1),
        "treated_count": one.treated.count,
        "held_out": figures.percent(one.held_out.value, 1),
        "held_out_count": one.held_out.count,
        "is_guard": one.is_guard,
    }
    if found is None:
        return line | {"difference": "", "verdict": _("Nobody was left alone to compare with"), "tone": ""}
    shown = f"{found.value * 100:+.1f}"
    span = f"{found.low * 100:+.1f} … {found.high * 100:+.1f}"
    return line | {"difference": shown, "span": span} | _judged(one, is_early=is_early)


def _judged(one: Line, *, is_early: bool) -> dict[str, str]:
    found = one.difference
    if found is None or is_early or found.is_early:
        return {"verdict": _("Too early or too few to say"), "tone": "note"}
    if not found.is_clear:
        return {"verdict": _("No difference to be seen"), "tone": ""}
    is_more = found.value > 0
    tone = "bad" if is_more is one.is_guard else "good"
    return {"verdict": _("More than without the campaign") if is_more else _("Less than without the campaign"),
            "tone": tone}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    """One member with the debtor's name as the reader may see it."""

    member: Any
    name: str | None


def _codes(line: _Line) -> list[str]:
    return [str(REASONS.get(code, code)) for code in line.member.codes]


COLUMNS = (
    Column(key="position", label="#", kind="count", value=lambda line: line.member.position),
    Column(key="case", label=gettext_lazy("Case"), value=lambda line: line.member.case.number,
           href=lambda line: reverse("cases:case", args=[line.member.case_id])),
    Column(key="name", label=gettext_lazy("Debtor")),
    Column(key="state", label=gettext_lazy("State"), kind="state", words=phrases.MEMBER_STATES,
           value=lambda line: line.member.state, tone=lambda line: _STATE_TONES.get(line.member.state, "")),
    Column(key="why", label=gettext_lazy("Why"), kind="lines", value=_codes),
    Column(key="next_at", label=gettext_lazy("Allowed again from"), kind="instant",
           value=lambda line: line.member.next_at),
    Column(key="channel", label=gettext_lazy("Channel"), words=CHANNELS, value=lambda line: line.member.channel),
    Column(key="severity", label=gettext_lazy("Severity"), kind="severity",
           value=lambda line: line.member.case.severity, words=SEVERITIES),
    Column(key="days", label=gettext_lazy("Days overdue"), kind="count",
           value=lambda line: line.member.case.overdue_days),
    Column(key="arrears", label=gettext_lazy("Arrears"), kind="money", value=lambda line: line.member.case.arrears,
           currency=lambda line: str(line.member.case.currency)),
    Column(key="at", label=gettext_lazy("To be sent at"), kind="instant", value=lambda line: line.member.at,
           shown=False),
    Column(key="draw", label=gettext_lazy("Lot"), value=lambda line: f"{line.member.draw:.8f}", shown=False),
)  # fmt: skip


@require_GET
@requires("contact.campaigns")
def members(request: HttpRequest, campaign_id: UUID) -> HttpResponseBase:
    """Show the members behind a number, or export them."""
    found = queries.get_campaign(campaign_id=campaign_id)
    state = TableState.of(request, COLUMNS)
    filters = Filters.of(
        request,
        [
            Filter(name="state", label=_("State"), choices=list(_STATES.items())),
            Filter(name="code", label=_("Reason"), choices=list(REASONS.items())),
        ],
    )
    if state.export:
        ensure(request.user, "cases.export")  # type: ignore[arg-type]
    rows, total = queries.list_members(
        campaign_id=found.id, state=filters["state"], code=filters["code"],
        offset=0 if state.export else (state.page - 1) * PAGE_SIZE,
        limit=EXPORT_ROWS_MAX if state.export else PAGE_SIZE,
    )  # fmt: skip
    table = Table(
        id="campaign-members", caption=_("Debtors of the campaign"), columns=COLUMNS, state=state, total=total,
        rows=_with_names(rows, request, purpose="EXPORT" if state.export else "CAMPAIGN"), page_size=PAGE_SIZE,
        exportable=is_allowed(request, "cases.export"), empty_title=_("Nobody fits"),
        empty_text=_("Take a filter away to see more."),
        empty_href=reverse("contact:campaign_members", args=[found.id]), empty_action=_("Clear the filters"),
    )  # fmt: skip
    if state.export:
        return export_response(columns=table.shown, rows=table.rows, form=state.export, file_name="campaign-debtors")
    return render(request, "contact/campaign_members.html", {"campaign": found, "table": table, "filters": filters})


def _with_names(rows: Iterable[Any], request: HttpRequest, *, purpose: str) -> list[_Line]:
    user: Any = request.user
    found = list(rows)
    shown = reveal_many(
        subject_kind="BORROWER", rows={row.borrower_id: sealed_fields(row.borrower, ["name"]) for row in found},
        reader=actor_of(user), role=user.role, purpose=purpose, now=clock.now(),
    )  # fmt: skip
    return [_Line(row, shown[row.borrower_id]["name"]) for row in found]

"""The outbox: every message with where it stands, filtered, exported; taken back or sent once more."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from qingshou.access.guards import ensure, is_allowed, requires
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState
from qingshou.features.cases.views.shown import Desk, desk_of, uuid_given
from qingshou.features.cases.views.whose import WHOSE, allowed_scopes, owners_of
from qingshou.features.contact.phrases.door import CHANNELS
from qingshou.features.contact.phrases.messages import ERRORS, STATES, TONES, state_words
from qingshou.features.contact.phrases.templates import CODES
from qingshou.features.contact.queries import messages as queries

PAGE_SIZE = 50
EXPORT_ROWS_MAX = 20_000
_SHOWN_COUNTS = ("QUEUED", "SENDING", "UNCERTAIN", "SENT", "DELIVERED", "READ", "REPLIED", "FAILED", "BOUNCED",
                 "CANCELLED")  # fmt: skip


def error_words(code: str) -> Any:
    """Return why a message is where it is; a provider's own code as it is."""
    return ERRORS.get(code, code)


def _template(row: Any) -> str:
    return row.template_version.template.code if row.template_version else ""


COLUMNS = (
    Column(key="at", label=pgettext_lazy("message state", "Since"), kind="instant", value=lambda row: row.state_at,
           href=lambda row: reverse("contact:message", args=[row.id])),
    Column(key="state", label=gettext_lazy("State"), kind="state", value=state_words,
           tone=lambda row: TONES.get(row.state, "")),
    Column(key="case", label=gettext_lazy("Case"), value=lambda row: row.attempt.case.number if row.attempt.case
           else ""),
    Column(key="channel", label=gettext_lazy("Channel"), words=CHANNELS, value=lambda row: row.channel),
    Column(key="template", label=gettext_lazy("Template"), words=CODES, value=_template),
    Column(key="why", label=gettext_lazy("Why"), kind="long", words=error_words, value=lambda row: row.error_code),
    Column(key="due", label=gettext_lazy("Not before"), kind="instant", value=lambda row: row.not_before_at,
           shown=False),
    Column(key="queued", label=pgettext_lazy("message", "Queued"), kind="instant", value=lambda row: row.queued_at,
           shown=False),
    Column(key="sent", label=pgettext_lazy("message", "Sent"), kind="instant",
           value=lambda row: row.sent_at or ""),
    Column(key="delivered", label=pgettext_lazy("message", "Delivered"), kind="instant",
           value=lambda row: row.delivered_at or "", shown=False),
    Column(key="read", label=pgettext_lazy("message", "Read"), kind="instant", value=lambda row: row.read_at or "",
           shown=False),
    Column(key="segments", label=pgettext_lazy("message", "Parts"), kind="count", value=lambda row: row.segments,
           shown=False),
    Column(key="tries", label=pgettext_lazy("message", "Tries"), kind="count", value=lambda row: row.tries,
           shown=False),
    Column(key="adapter", label=gettext_lazy("Provider"), value=lambda row: row.adapter, shown=False),
)  # fmt: skip


def filters_of(request: HttpRequest, desk: Desk) -> Filters:
    """Return the outbox's filters with what the address chooses."""
    facets = queries.facet_values()
    scopes = allowed_scopes(desk.role)
    return Filters.reading(
        request.GET,
        [
            Filter(name="whose", label=gettext_lazy("Whose"), every=False,
                   choices=[(code, WHOSE[code]) for code in scopes]),
            Filter(name="state", label=gettext_lazy("State"), choices=list(STATES.items())),
            Filter(name="channel", label=gettext_lazy("Channel"),
                   choices=[(code, words) for code, words in CHANNELS.items() if code not in ("PHONE", "VISIT")]),
            Filter(name="campaign", input="select", label=gettext_lazy("Campaign"), choices=facets["campaign"]),
            Filter(name="template", input="select", label=gettext_lazy("Template"),
                   choices=[(code, CODES.get(code, code)) for code, _words in facets["template"]]),
        ],
        defaults={"whose": scopes[-1]},
    )  # fmt: skip


def wanted_of(filters: Filters, desk: Desk) -> queries.MessageFilter:
    """Return what the query is asked for; nobody lists more than the role may see, whatever the address says."""
    return queries.MessageFilter(
        state=filters["state"], channel=filters["channel"], template=filters["template"],
        campaign_id=uuid_given(filters["campaign"]), owner_ids=owners_of(filters["whose"], desk),
    )  # fmt: skip


def after_of(text: str) -> queries.After | None:
    """Read a place in the list out of the address; nonsense begins at the first page."""
    at, _sep, bare_id = text.rpartition("~")
    message_id = uuid_given(bare_id)
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    return queries.After(instant, message_id) if message_id and instant.tzinfo else None


@require_GET
@requires("contact.view")
def outbox(request: HttpRequest) -> HttpResponseBase:
    """Show the messages, the latest change first, or export them."""
    desk = desk_of(request)
    filters, state = filters_of(request, desk), TableState.of(request, COLUMNS)
    wanted = wanted_of(filters, desk)
    if state.export:
        ensure(request.user, "cases.export")  # type: ignore[arg-type]
        columns = [column for column in COLUMNS if column.key in state.columns]
        return export_response(columns=columns, rows=_all(wanted), form=state.export, file_name="messages")
    rows = queries.list_messages(filters=wanted, after=after_of(state.after), limit=PAGE_SIZE + 1)
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    total = queries.count_messages(filters=wanted)
    table = Table(
        id="messages",
        caption=_("Messages"),
        columns=COLUMNS,
        rows=rows[:PAGE_SIZE],
        state=state,
        total=min(total, queries.COUNT_MAX),
        total_is_least=total > queries.COUNT_MAX,
        next_after=f"{last.state_at.isoformat()}~{last.id}" if last else None,
        exportable=is_allowed(request, "cases.export"),
        empty_title=_("No message"),
        empty_text=_("Messages come here from cases and campaigns. Take a filter away to see more."),
        empty_href=reverse("contact:messages"),
        empty_action=_("Clear the filters"),
    )
    counts = queries.counts_by_state(filters=replace(wanted, state=""))
    context = {
        "table": table,
        "filters": filters,
        "counts": [(code, STATES[code], counts[code]) for code in _SHOWN_COUNTS if counts.get(code)],
        "undecided": queries.count_undecided() if is_allowed(request, "contact.work") else 0,
    }
    return render(request, "contact/outbox.html", context)


def _all(wanted: queries.MessageFilter) -> list[Any]:
    rows: list[Any] = []
    after = None
    while len(rows) < EXPORT_ROWS_MAX:
        page = queries.list_messages(filters=wanted, after=after, limit=queries.LIMIT_MAX)
        rows += page
        if len(page) < queries.LIMIT_MAX:
            break
        after = queries.After(page[-1].state_at, page[-1].id)
    return rows

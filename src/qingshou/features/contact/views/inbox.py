"""The inbox: replies of the cases one may see, newest first; a lead's with those nobody has been found for."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from qingshou.access.guards import requires
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState
from qingshou.features.cases.views.shown import Desk, desk_of, uuid_given
from qingshou.features.cases.views.whose import WHOSE, allowed_scopes, first_scope, owners_of
from qingshou.features.contact.inbound.quoting import own_words
from qingshou.features.contact.phrases.door import CHANNELS
from qingshou.features.contact.phrases.reasons import OF_REPLIES, REASONS
from qingshou.features.contact.queries import inbox as queries
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import sealed_fields

PAGE_SIZE = 50
EXCERPT_CHARACTERS = 60
STATES = {
    queries.UNCONFIRMED: pgettext_lazy("reply", "To be confirmed"),
    queries.CONFIRMED: pgettext_lazy("reply", "Confirmed"),
    queries.UNASSIGNED: pgettext_lazy("reply", "Of nobody known"),
}
NONE = "NONE"
# who is shown replies that belong to nobody yet: who may give them to a case, and who sees every case
_SEES_UNASSIGNED = ("TEAM_LEAD", "LEGAL_OFFICER", "ASSET_MANAGER", "COMPLIANCE_OFFICER")


def state_code(line: dict[str, Any]) -> str:
    """Return where a reply stands."""
    reply = line["reply"]
    if reply.confirmed_at is not None:
        return queries.CONFIRMED
    return queries.UNASSIGNED if reply.case_id is None else queries.UNCONFIRMED


def _owner(case: Any) -> str:
    """Return whose case it is, by name."""
    owner = case.owner if case else None
    return str(owner.display_name or owner.username) if owner else ""


_TONES = {queries.CONFIRMED: "good", queries.UNCONFIRMED: "note", queries.UNASSIGNED: "bad"}
COLUMNS = (
    Column(key="received", label=gettext_lazy("Received"), kind="instant",
           value=lambda line: line["reply"].received_at),
    Column(key="who", label=gettext_lazy("Debtor"), kind="link", value=lambda line: line["name"],
           href=lambda line: reverse("contact:reply", args=[line["reply"].id])),
    Column(key="said", label=pgettext_lazy("reply", "Wrote"), kind="long", value=lambda line: line["excerpt"]),
    Column(key="suggested", label=gettext_lazy("Reason suggested"), words=REASONS,
           value=lambda line: line["reply"].reason or line["reply"].suggested),
    Column(key="share", label=pgettext_lazy("reply", "How sure"), kind="percent", digits=0,
           value=lambda line: line["reply"].suggested_share),
    Column(key="channel", label=gettext_lazy("Channel"), words=CHANNELS, value=lambda line: line["reply"].channel),
    Column(key="state", label=gettext_lazy("State"), kind="state", words=STATES, value=state_code,
           tone=lambda line: _TONES[state_code(line)]),
    Column(key="opt_out", label=gettext_lazy("Opt-out"),
           value=lambda line: _("Yes") if line["reply"].is_opt_out else ""),
    Column(key="case", label=gettext_lazy("Case"), value=lambda line: line["reply"].case.number if line["reply"].case
           else "", shown=False),
    Column(key="owner", label=pgettext_lazy("case", "Owner"), shown=False,
           value=lambda line: _owner(line["reply"].case)),
)  # fmt: skip


def sees_unassigned(desk: Desk) -> bool:
    """Whether a person is shown replies that belong to no case yet."""
    return desk.role in _SEES_UNASSIGNED


def filters_of(query: QueryDict, desk: Desk) -> Filters:
    """Return the inbox's filters with what an address chooses."""
    states = [(code, words) for code, words in STATES.items() if code != queries.UNASSIGNED or sees_unassigned(desk)]
    return Filters.reading(
        query,
        [
            Filter(name="whose", label=gettext_lazy("Whose"), every=False,
                   choices=[(code, WHOSE[code]) for code in allowed_scopes(desk.role)]),
            Filter(name="state", label=gettext_lazy("State"), choices=states),
            Filter(name="suggested", label=gettext_lazy("Reason suggested"),
                   choices=[*((code, REASONS[code]) for code in OF_REPLIES), (NONE, gettext_lazy("None suggested"))]),
            Filter(name="channel", label=gettext_lazy("Channel"), choices=list(CHANNELS.items())),
        ],
        defaults={"whose": first_scope(desk.role)},
    )  # fmt: skip


def wanted_of(filters: Filters, desk: Desk) -> queries.InboxFilter:
    """Return what the query is asked for; a person lists what the role may see, whatever the address says."""
    whose = filters["whose"]
    return queries.InboxFilter(
        owner_ids=owners_of(whose, desk), with_unassigned=sees_unassigned(desk) and whose != "mine",
        state=filters["state"], suggested=filters["suggested"], channel=filters["channel"],
    )  # fmt: skip


@require_GET
@requires("contact.view")
def inbox(request: HttpRequest) -> HttpResponseBase:
    """Show the replies."""
    desk = desk_of(request)
    filters, state = filters_of(request.GET, desk), TableState.of(request, COLUMNS)
    wanted = wanted_of(filters, desk)
    page = queries.list_replies(filters=wanted, after=_after_of(state.after), limit=PAGE_SIZE)
    total = queries.count_replies(filters=wanted)
    following = page.next_after
    table = Table(
        id="inbox", caption=_("Replies"), columns=COLUMNS, rows=_lines(page.rows, desk), state=state,
        total=min(total, queries.COUNT_MAX), total_is_least=total > queries.COUNT_MAX,
        next_after=f"{following.at.isoformat()}~{following.reply_id}" if following else None, exportable=False,
        empty_title=_("No reply fits") if filters.is_set else _("No replies yet"),
        empty_text=_("What debtors write back, by whatever channel, is kept here with a suggested reason."),
        empty_href=reverse("contact:inbox") if filters.is_set else "",
        empty_action=_("Clear the filters") if filters.is_set else "",
    )  # fmt: skip
    return render(request, "contact/inbox.html", {"table": table, "filters": filters})


def _lines(rows: tuple[Any, ...], desk: Desk) -> list[dict[str, Any]]:
    """Return the rows with names and excerpts, as far as the role sees them: two readings, logged as such."""
    named = {row.borrower_id: sealed_fields(row.borrower, ["name"]) for row in rows if row.borrower_id}
    bodies = {row.id: sealed_fields(row, ["body"]) for row in rows}
    names = reveal_many(subject_kind="BORROWER", rows=named, reader=desk.actor, role=desk.role, purpose="INBOX",
                        now=desk.now)  # fmt: skip
    said = reveal_many(subject_kind="REPLY", rows=bodies, reader=desk.actor, role=desk.role, purpose="INBOX",
                       now=desk.now)  # fmt: skip
    return [
        {
            "reply": row,
            "name": (names[row.borrower_id]["name"] or row.borrower.borrower_ref) if row.borrower_id
            else _("Nobody known"),
            "excerpt": Truncator(" ".join(own_words(said[row.id]["body"] or "").split())).chars(EXCERPT_CHARACTERS),
        }
        for row in rows
    ]  # fmt: skip


def _after_of(text: str) -> queries.After | None:
    """Read a place in the list out of the address; nonsense begins at the first page."""
    at, _sep, bare_id = text.rpartition("~")
    reply_id = uuid_given(bare_id)
    try:
        moment = datetime.fromisoformat(at.replace(" ", "+"))
    except ValueError:
        return None
    return queries.After(moment, reply_id) if reply_id and moment.tzinfo else None

"""What stands in the left navigation, and for whom: only what the role may do is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qingshou.access.guards import is_allowed


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation. The first that a person may open is where they land after signing in."""

    url_name: str
    label: Promise
    icon: str
    permission: str
    group: Promise


_WORK, _MONEY, _BOOK, _WATCH = _("Work"), _("Payments"), _("Loan book"), _("Oversight")
_RUN = _("Administration")

# Each feature adds its line here when its page is there.
ENTRIES: tuple[Entry, ...] = (
    Entry("cases:worklist", _("Worklist"), "list-check", "worklist.view", _WORK),
    Entry("repayment:promises", _("Promises"), "calendar", "repayment.view", _WORK),
    Entry("repayment:plans", _("Plans"), "route", "repayment.view", _WORK),
    Entry("contact:calls", _("Calls"), "phone", "contact.work", _WORK),
    Entry("contact:inbox", _("Replies"), "inbox", "contact.view", _WORK),
    Entry("repayment:hardships", _("Hardship"), "heart-handshake", "repayment.view", _WORK),
    Entry("portal:desk_asks", _("Requests of debtors"), "help", "repayment.view", _WORK),
    Entry("contact:messages", _("Messages"), "send", "contact.view", _WORK),
    Entry("contact:campaigns", _("Campaigns"), "speakerphone", "contact.campaigns", _WORK),
    Entry("contact:templates", _("Templates"), "message-2", "contact.templates", _WORK),
    Entry("repayment:receipts", _("Receipts"), "receipt-2", "receipts.view", _MONEY),
    Entry("repayment:queue", _("To be matched"), "arrows-split", "receipts.take", _MONEY),
    Entry("repayment:cash", _("Cash desk"), "cash", "receipts.cash", _MONEY),
    Entry("repayment:bank_files", _("Bank files"), "file-dollar", "receipts.view", _MONEY),
    Entry("repayment:differences", _("Books and tape differ"), "scale", "receipts.view", _MONEY),
    Entry("delinquency:cockpit", _("Cockpit"), "chart-bar", "cockpit.view", _BOOK),
    Entry("book:imports", _("Imports"), "file-import", "imports.view", _BOOK),
    Entry("approvals:queue", _("Approvals"), "checks", "approvals.view", _WATCH),
    Entry("contact:refusals", _("Refused contacts"), "shield-lock", "contact.refusals", _WATCH),
    Entry("contact:timing", _("Best time"), "clock", "cockpit.view", _WATCH),
    Entry("oversight:runs", _("Day runs"), "player-play", "runs.view", _RUN),
    Entry("access:users", _("Users and roles"), "users", "users.view", _RUN),
)


def entries_for(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Return the groups of the navigation with the entries this person may open."""
    allowed = [entry for entry in ENTRIES if is_allowed(request, entry.permission)]
    hrefs = {entry: reverse(entry.url_name) for entry in allowed}
    fitting = [href for href in hrefs.values() if request.path.startswith(href)]
    here = max(fitting, key=len, default="")
    for group, members in groupby(allowed, key=lambda entry: entry.group):
        lines = [{"entry": entry, "href": hrefs[entry], "is_here": hrefs[entry] == here} for entry in members]
        yield {"label": group, "lines": lines}

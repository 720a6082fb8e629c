"""What a token may be made for: each scope opens a few permissions, and its role must have them as well."""

from enum import StrEnum


class Scope(StrEnum):
    """A part of the interface that a client may use."""

    BOOK_READ = "book:read"
    BOOK_WRITE = "book:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    CONTACT_READ = "contact:read"
    CONTACT_WRITE = "contact:write"
    REPAYMENT_READ = "repayment:read"
    REPAYMENT_WRITE = "repayment:write"
    DAY_READ = "day:read"
    DAY_RUN = "day:run"
    LAW_READ = "law:read"
    OVERSIGHT_READ = "oversight:read"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    APPROVALS_WRITE = "approvals:write"


OPENS: dict[Scope, frozenset[str]] = {
    Scope.BOOK_READ: frozenset({"imports.view", "loans.view", "cockpit.view"}),
    Scope.BOOK_WRITE: frozenset({"imports.view", "imports.run"}),
    Scope.CASES_READ: frozenset({"worklist.view", "cases.view", "people.search", "cases.export"}),
    Scope.CASES_WRITE: frozenset({"cases.view", "cases.work", "cases.assign"}),
    Scope.CONTACT_READ: frozenset({"cases.view", "contact.view", "contact.refusals"}),
    Scope.CONTACT_WRITE: frozenset(
        {"cases.view", "contact.view", "contact.work", "contact.campaigns", "contact.templates"}
    ),
    Scope.REPAYMENT_READ: frozenset({"cases.view", "repayment.view", "receipts.view", "statements.view"}),
    Scope.REPAYMENT_WRITE: frozenset(
        {
            "cases.view",
            "repayment.view",
            "repayment.work",
            "receipts.view",
            "receipts.take",
            "receipts.cash",
            "receipts.reverse",
            "statements.view",
            "loans.charge",
        }
    ),
    Scope.DAY_READ: frozenset({"runs.view", "cockpit.view"}),
    Scope.DAY_RUN: frozenset({"runs.view", "runs.start"}),
    Scope.LAW_READ: frozenset({"law.view"}),
    Scope.OVERSIGHT_READ: frozenset({"audit.view", "privacy.view_reads", "approvals.view"}),
    Scope.USERS_READ: frozenset({"users.view"}),
    Scope.USERS_WRITE: frozenset({"users.view", "users.manage", "users.presence", "clients.manage"}),
    Scope.APPROVALS_WRITE: frozenset({"approvals.view", "approvals.decide"}),
}


def opened_by(scopes: "frozenset[str] | list[str]") -> frozenset[str]:
    """Return the permissions that these scopes open; an unknown scope opens nothing."""
    known = {scope.value: scope for scope in Scope}
    return frozenset().union(*(OPENS[known[code]] for code in scopes if code in known))

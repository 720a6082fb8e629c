"""The REST interface: every router under one roof, one edge around them all."""

from typing import Any

from django.urls import path, re_path

from qingshou.features.book.api import borrowers, loans
from qingshou.features.book.api_imports import imports
from qingshou.features.cases.api import router as cases
from qingshou.features.contact.api import contacts
from qingshou.features.delinquency.api import router as figures
from qingshou.features.oversight.api import router as day_runs
from qingshou.features.repayment.api import repayment
from qingshou.interfaces.api import audit, law, tenants, users
from qingshou.interfaces.api.auth import Session, Token
from qingshou.interfaces.api.edge import nothing_here, reached, surrounded
from qingshou.interfaces.api.failures import lay_handlers
from qingshou.interfaces.api.openapi import Api

_DESCRIPTION = """\
Everything the pages do, for other systems. Send `Authorization: Bearer <token>`; an administrator makes tokens with
scopes. Amounts are decimal text, dates ISO 8601, unknown is null and never zero. Lists are paged by opaque cursors.
Every refusal is a problem (RFC 9457) that says what, why and what to do. Every POST takes an `Idempotency-Key`.
"""

api = Api(
    title="Qingshou",
    version="1",
    description=_DESCRIPTION,
    auth=[Token(), Session()],
    docs_url=None,  # the usual page loads its parts from elsewhere; docs/reference/api.md is ours
    urls_namespace="api",
)
lay_handlers(api)
api.add_decorator(reached, mode="operation")
api.add_router("/tenants", tenants.router)
api.add_router("/borrowers", borrowers)
api.add_router("/loans", loans)
api.add_router("/imports", imports)
api.add_router("/cases", cases)
api.add_router("/contacts", contacts)
api.add_router("/repayment", repayment)
api.add_router("/figures", figures)
api.add_router("/day-runs", day_runs)
api.add_router("/law", law.router)
api.add_router("/audit", audit.router)
api.add_router("/users", users.router)


def routes() -> list[Any]:
    """Return the routes of the interface, each with the edge around it, and a problem for every other path."""
    urlpatterns, app_name, namespace = api.urls
    surroundings = [surrounded(pattern) for pattern in urlpatterns]
    return [
        path("", (surroundings, app_name, namespace)),  # type: ignore[list-item]
        re_path(r"^.*$", nothing_here, name="api-nothing-here"),
    ]

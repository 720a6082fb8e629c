"""The authorization table: every route x method x role, walked for real and written down.

    python -m qingshou.access.authz > docs/reference/authorization.csv     walk all routes and write the table anew

A cell is the status a request gets: pages answer 200 or 302 (of an act that went through or of a page one is led to),
anonymous visitors 302 to the sign-in, 403 what the role may not do, 404 what does not exist (walked with ids that do
not exist, so an object's route answers 404 to who may, 403 to who may not), 422 what is refused for its content. The
test walks every cell again; a route that is not in the table fails it.
"""

import csv
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from qingshou.access.roles import Role

ANONYMOUS = "anonymous"
COLUMNS = ("route", "method", *(role.value for role in Role), ANONYMOUS)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# after these, clients are signed in anew
_SIGNS_OUT = frozenset({"/accounts/logout/"})
# what stands in a route's gaps: things that do not exist, and a day before every book
_GAPS = {"uuid": str(UUID(int=0x5EED)), "int": "987654321", "slug": "none", "str": "none", "path": "none",
         "iso_day": "1901-01-01"}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """One address pattern, its method, and an address made from it."""

    route: str
    method: str
    path: str


def routes() -> list[Route]:
    """Return every route x method of the installation, from the URL configuration and the REST operations."""
    found = set()
    for pattern, gaps, view in _patterns(get_resolver(), "", {}):
        for method in _methods(view):
            found.add(Route("/" + pattern, method, "/" + _filled(pattern, gaps)))
    return sorted(found)


def _patterns(resolver: URLResolver, prefix: str, gaps: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    for entry in resolver.url_patterns:
        own = {**gaps, **entry.pattern.converters}
        text = prefix + _text(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, text, own)
        elif isinstance(entry, URLPattern):
            yield text, own, entry.callback


def _text(pattern: Any) -> str:
    return str(pattern) if isinstance(pattern, RoutePattern) else "~" + str(pattern)


def _filled(pattern: str, gaps: Mapping[str, Any]) -> str:
    def fill(match: re.Match[str]) -> str:
        kind, _, name = match.group(1).rpartition(":")
        kind = kind or _kind_name(gaps.get(name))
        return _GAPS["uuid"] if kind == "str" and name.endswith("_id") else _GAPS.get(kind, "none")

    plain = re.sub(r"<([^>]+)>", fill, pattern)
    # regular expressions of other people's applications: the simplest address that fits
    plain = re.sub(r"~\^?", "", plain)
    plain = re.sub(r"\(\?P<[^>]+>\[0-9A-Za-z\]\+\)", "0", re.sub(r"\(\?P[^)]*\)", "none", plain))
    return plain.replace("\\Z", "").replace("$", "").replace(".*", "none")


def _kind_name(converter: Any) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


def _methods(view: Any) -> tuple[str, ...]:
    """The REST views know their methods; other views are asked with GET and POST, as browsers do."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            operations = getattr(cell.cell_contents, "operations", None)
            if isinstance(operations, list) and operations:
                return tuple(sorted({"GET", *(method for operation in operations for method in operation.methods)}))
        view = getattr(view, "__wrapped__", None)
    return ("GET", "POST")


def status(route: Route, client: Client) -> str:
    """Return the status of one request; an empty body, so that nothing is changed by walking."""
    extra: dict[str, Any] = {"content_type": "application/json"} if "/api/" in route.path else {}
    response = getattr(client, route.method.lower())(route.path, **extra)
    code = str(response.status_code)
    if response.status_code in (301, 302) and "/accounts/login/" in response.get("Location", ""):
        return f"{code} sign-in"
    return code


def table(clients_for: Callable[[], Mapping[str, Client]]) -> list[list[str]]:
    """Return the whole table; `clients_for` gives signed-in clients by column name."""
    clients, rows = clients_for(), []
    for route in routes():
        rows.append([route.route, route.method, *(status(route, clients[column]) for column in COLUMNS[2:])])
        if route.route in _SIGNS_OUT:
            clients = clients_for()
    return rows


def as_csv(rows: list[list[str]]) -> str:
    """Return the table as it is kept."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return out.getvalue()


def main() -> None:
    """Walk all routes in a lender made for it and rolled back afterwards; print the table."""
    from qingshou.config.start import setup

    setup()
    from django.conf import settings
    from django.db import transaction
    from django.test.utils import setup_test_environment

    from qingshou.access.authz_setting import role_clients

    settings.ALLOWED_HOSTS = ["*"]
    setup_test_environment(debug=False)
    with transaction.atomic():
        clients_for = role_clients()
        sys.stdout.write(as_csv(table(clients_for)))
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()

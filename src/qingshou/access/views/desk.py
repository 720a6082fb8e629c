"""Teams, API clients, and the table of what each role may do."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qingshou.access import operations, queries
from qingshou.access.actors import actor_of
from qingshou.access.guards import Hidden, Refused, requires
from qingshou.access.phrases import PERMISSIONS as WORDS
from qingshou.access.phrases import ROLES, SCOPES
from qingshou.access.role_table import role_table
from qingshou.access.views.forms import ClientForm, TeamForm
from qingshou.access.views.telling import tell
from qingshou.edges import clock
from qingshou.kernel.errors import NotFound, QingshouError


@require_http_methods(["GET", "POST"])
@requires("users.view")
def teams(request: HttpRequest) -> HttpResponse:
    """List the teams and make one."""
    user: Any = request.user
    if request.method == "POST" and not user.has_perm("users.manage"):
        raise Refused(str(_("Only an administrator makes teams.")))
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.create_team(**form.cleaned_data, actor=actor_of(user), now=clock.now())
        except QingshouError as error:
            tell(request, error)
        else:
            messages.success(request, _("The team is there."))
            return redirect("access:teams")
    context = {"teams": queries.list_teams(), "form": form, "may_manage": user.has_perm("users.manage")}
    return render(request, "access/teams.html", context, status=422 if form.errors else 200)


@require_POST
@requires("users.manage")
def change_team(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Rename a team or move it to another branch."""
    form = TeamForm(request.POST)
    try:
        queries.get_team(team_id=team_id)
        if form.is_valid():
            user: Any = request.user
            operations.change_team(team_id=team_id, **form.cleaned_data, actor=actor_of(user), now=clock.now())
            messages.success(request, _("The team was changed."))
        else:
            messages.error(request, _("A team needs a name."))
    except NotFound as error:
        raise Hidden(error.message) from None
    except QingshouError as error:
        tell(request, error)
    return redirect("access:teams")


@require_http_methods(["GET", "POST"])
@requires("clients.manage")
def clients(request: HttpRequest) -> HttpResponse:
    """List the API clients and make one; its token is shown once, here."""
    form = ClientForm(request.POST or None)
    user: Any = request.user
    token = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            _client, token = operations.create_client(
                name=given["name"], role=given["role"], scopes=given["scopes"],
                team_id=given["team_id"],
                expires_at=clock.now() + timedelta(days=given["days"]), actor=actor_of(user), now=clock.now(),
            )  # fmt: skip
        except QingshouError as error:
            tell(request, error)
        else:
            form = ClientForm()
    context = {"clients": queries.list_clients(), "form": form, "token": token, "roles": ROLES, "scopes": SCOPES,
               "now": clock.now()}  # fmt: skip
    return render(request, "access/clients.html", context, status=422 if form.errors else 200)


@require_POST
@requires("clients.manage")
def revoke_client(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Shut a client out."""
    user: Any = request.user
    try:
        operations.revoke_client(client_id=client_id, actor=actor_of(user), now=clock.now())
    except NotFound as error:
        raise Hidden(error.message) from None
    messages.success(request, _("The client is shut out."))
    return redirect("access:clients")


@require_GET
@requires("users.view")
def roles(request: HttpRequest) -> HttpResponse:
    """Show what each role may do, as the predicates themselves answer."""
    lines = [(WORDS.get(permission, permission), cells) for permission, cells in role_table()]
    return render(request, "access/roles.html", {"roles": list(ROLES.values()), "lines": lines})

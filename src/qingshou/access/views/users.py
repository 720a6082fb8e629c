"""Users: the list, one user, and what may be done with one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qingshou.access import operations, queries
from qingshou.access.actors import actor_of
from qingshou.access.guards import Hidden, ensure, requires
from qingshou.access.handover import count_held
from qingshou.access.phrases import ROLES
from qingshou.access.views.forms import NewUserForm, UserForm
from qingshou.access.views.telling import tell
from qingshou.edges import clock
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState
from qingshou.kernel.errors import NotFound, QingshouError

_PAGE = 50
_EXPORT_MAX = 10_000
STATES = {"True": gettext_lazy("Active"), "False": gettext_lazy("Deactivated")}
PRESENCE = {"True": gettext_lazy("At work"), "False": gettext_lazy("Away")}

COLUMNS = (
    Column(key="username", label=gettext_lazy("Sign-in name"), sort=True,
           href=lambda user: reverse("access:user", args=[user.id])),
    Column(key="display_name", label=gettext_lazy("Name"), sort=True),
    Column(key="role", label=gettext_lazy("Role"), sort=True, words=ROLES),
    Column(key="team", label=gettext_lazy("Team"), sort=True, value=lambda user: user.team.name if user.team else ""),
    Column(key="capacity_cases", label=gettext_lazy("Cases carried at most"), kind="count", sort=True),
    Column(key="skills", label=gettext_lazy("Skills"), value=lambda user: ", ".join(user.skills), shown=False),
    Column(key="is_present", label=gettext_lazy("Presence"), kind="state", value=lambda user: str(user.is_present),
           words=PRESENCE),
    Column(key="is_active", label=gettext_lazy("State"), kind="state", value=lambda user: str(user.is_active),
           words=STATES, tone=lambda user: "good" if user.is_active else ""),
    Column(key="last_login", label=gettext_lazy("Last signed in"), kind="instant", sort=True),
)  # fmt: skip


@require_GET
@requires("users.view")
def users(request: HttpRequest) -> HttpResponseBase:
    """List the users."""
    state = TableState.of(request, COLUMNS, sort="username")
    filters = Filters.of(
        request,
        [
            Filter(name="q", label=_("Name, sign-in name or team")),
            Filter(name="role", label=_("Role"), choices=list(ROLES.items())),
            Filter(name="active", label=_("State"), choices=list(STATES.items())),
        ],
    )
    found, total = queries.list_users(
        search=filters["q"], role=filters["role"],
        active={"True": True, "False": False}.get(filters["active"]),
        sort=state.sort, descending=state.descending,
        limit=_EXPORT_MAX if state.export else _PAGE, offset=0 if state.export else (state.page - 1) * _PAGE,
    )  # fmt: skip
    table = Table(
        id="users", caption=_("Users"), columns=COLUMNS, rows=found, state=state, total=total, page_size=_PAGE,
        empty_title=_("No user fits"), empty_text=_("Change the filters, or make a user."),
    )  # fmt: skip
    if state.export:
        return export_response(columns=table.shown, rows=found, form=state.export, file_name="users")
    return render(request, "access/users.html", {"table": table, "filters": filters})


@require_http_methods(["GET", "POST"])
@requires("users.manage")
def new_user(request: HttpRequest) -> HttpResponse:
    """Make a user; the first password is shown once, here."""
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = operations.create_user(**form.cleaned_data, actor=_actor(request), now=clock.now())
        except QingshouError as error:
            tell(request, error)
        else:
            return _show_password(request, user, password)
    return render(request, "access/user_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires("users.view")
def user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Show one user, and change what may be changed."""
    shown = _found(user_id)
    may_manage = _user(request).has_perm("users.manage")
    form = UserForm(request.POST or None, initial=_initial(shown))
    if request.method == "POST":
        ensure(_user(request), "users.manage")
        if form.is_valid():
            try:
                operations.change_user(user_id=user_id, actor=_actor(request), now=clock.now(), **form.cleaned_data)
            except QingshouError as error:
                tell(request, error)
            else:
                messages.success(request, _("The user was changed."))
                return redirect("access:user", user_id)
    context = {
        "shown": shown, "form": form, "may_manage": may_manage, "roles": ROLES, "held": count_held(user_id),
        "held_count": sum(count_held(user_id).values()),
        "successors": [one for one in queries.list_active_users() if one.id != user_id] if may_manage else [],
    }  # fmt: skip
    return render(request, "access/user.html", context, status=422 if form.errors else 200)


@require_POST
@requires("users.manage")
def deactivate(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Shut a user out, handing the work over."""
    successor = request.POST.get("hand_over_to", "")
    try:
        hand_over_to = UUID(successor) if successor else None
        operations.deactivate_user(user_id=user_id, actor=_actor(request), now=clock.now(), hand_over_to=hand_over_to)
    except ValueError:
        messages.error(request, _("Choose who takes over from the list."))
    except NotFound as error:
        raise Hidden(error.message) from None
    except QingshouError as error:
        tell(request, error)
    else:
        messages.success(request, _("The user is shut out and all sessions are ended."))
    return redirect("access:user", user_id)


@require_POST
@requires("users.manage")
def reactivate(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Let a user in again, with a new first password."""
    shown = _found(user_id)
    return _show_password(
        request, shown, operations.reactivate_user(user_id=user_id, actor=_actor(request), now=clock.now())
    )


@require_POST
@requires("users.manage")
def reset_password(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Give a new first password."""
    shown = _found(user_id)
    return _show_password(
        request, shown, operations.reset_password(user_id=user_id, actor=_actor(request), now=clock.now())
    )


@require_POST
@requires("users.manage")
def end_sessions(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """End all sessions of a user."""
    _found(user_id)
    operations.end_sessions(user_id=user_id, actor=_actor(request), now=clock.now())
    messages.success(request, _("All sessions of this user are ended."))
    return redirect("access:user", user_id)


@require_POST
@requires("users.presence")
def presence(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Say whether a user is at work."""
    _found(user_id)
    is_present = request.POST.get("present") == "1"
    operations.set_presence(user_id=user_id, is_present=is_present, actor=_actor(request), now=clock.now())
    messages.success(request, _("Presence was noted."))
    return redirect("access:user", user_id)


def _show_password(request: HttpRequest, shown: Any, password: str) -> HttpResponse:
    """Not after a redirect: it would have to be kept somewhere in between."""
    return render(request, "access/first_password.html", {"shown": shown, "password": password})


def _found(user_id: UUID) -> Any:
    try:
        return queries.get_user(user_id=user_id)
    except NotFound as error:
        raise Hidden(error.message) from None


def _initial(shown: Any) -> dict[str, Any]:
    return {
        "display_name": shown.display_name, "email": shown.email, "role": shown.role, "team_id": shown.team_id or "",
        "skills": ", ".join(shown.skills), "capacity_cases": shown.capacity_cases, "language": shown.language,
    }  # fmt: skip


def _user(request: HttpRequest) -> Any:
    return request.user


def _actor(request: HttpRequest) -> Any:
    return actor_of(_user(request))

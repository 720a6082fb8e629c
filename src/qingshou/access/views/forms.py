"""Forms of users, teams and API clients: they read and clean; operations judge."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from qingshou.access import queries
from qingshou.access.phrases import ROLES, SCOPES

_CLASSES = {forms.Select: "form-select", forms.CheckboxSelectMultiple: "form-check-input"}


class _Styled(forms.Form):
    """Every field carries the classes of the shell's stylesheet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", _CLASSES.get(type(field.widget), "form-control"))


class UserForm(_Styled):
    """What is said of a user."""

    display_name = forms.CharField(label=_("Name"), max_length=100)
    email = forms.EmailField(label=_("E-mail"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=lambda: [("", ""), *ROLES.items()])
    team_id = forms.TypedChoiceField(label=_("Team"), required=False, coerce=UUID, empty_value=None)
    skills = forms.CharField(
        label=_("Skills"), required=False, max_length=200,
        help_text=_("Codes of products or classes, with commas: CARD, SEVERE"),
    )  # fmt: skip
    capacity_cases = forms.IntegerField(label=_("Cases carried at most"), min_value=0, max_value=100_000, initial=150)
    language = forms.ChoiceField(label=_("Language"), required=False,
                                 choices=lambda: [("", _("As the browser asks")), *settings.LANGUAGES])  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team_id"].choices = [("", ""), *((str(team.id), team.name) for team in queries.list_teams())]

    def clean_skills(self) -> list[str]:
        return sorted({part.strip().upper() for part in self.cleaned_data["skills"].split(",") if part.strip()})


class NewUserForm(UserForm):
    """A user to be made."""

    username = forms.RegexField(
        label=_("Sign-in name"), regex=r"^[a-z0-9][a-z0-9._-]{1,59}$",
        help_text=_("Letters a-z, digits, dots, hyphens."),
    )  # fmt: skip
    field_order = ("username", "display_name", "email", "role", "team_id", "skills", "capacity_cases", "language")


class TeamForm(_Styled):
    """A team."""

    name = forms.CharField(label=_("Name"), max_length=100)
    branch = forms.CharField(label=_("Branch"), max_length=60, required=False)


class ClientForm(_Styled):
    """An API client to be made."""

    name = forms.CharField(label=_("Name"), max_length=60)
    role = forms.ChoiceField(label=_("Role"), choices=lambda: [("", ""), *ROLES.items()])
    team_id = forms.TypedChoiceField(
        label=_("Team"), required=False, coerce=UUID, empty_value=None,
        help_text=_("Whose cases it works: a client that negotiates or contacts debtors is a team lead of that team."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(label=_("Scopes"), choices=lambda: list(SCOPES.items()),
                                       widget=forms.CheckboxSelectMultiple)  # fmt: skip
    days = forms.IntegerField(label=_("Valid for days"), min_value=1, max_value=365, initial=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team_id"].choices = [("", ""), *((str(team.id), team.name) for team in queries.list_teams())]

"""A user's named filters of the worklist."""

from uuid import UUID

from django.db import transaction

from qingshou.features.cases.errors import BadCaseInput, NoSuchCase
from qingshou.features.cases.models import SavedView

VIEWS_MAX = 50


def save_view(*, user_id: UUID, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep the page's URL query under a name; the same name again takes the new query."""
    bare = name.strip()
    if not 1 <= len(bare) <= 60:
        raise BadCaseInput("A view's name has 1 to 60 characters.")
    if len(query) > 500:
        raise BadCaseInput("This filter is too long to be saved: choose fewer conditions.")
    with transaction.atomic():
        if SavedView.objects.filter(user=user_id).exclude(name=bare).count() >= VIEWS_MAX:
            raise BadCaseInput(f"At most {VIEWS_MAX} views: delete one first.")
        view, _ = SavedView.objects.update_or_create(
            user_id=user_id, name=bare, defaults={"query": query.lstrip("?"), "is_shared": is_shared}
        )
    return view


def delete_view(*, user_id: UUID, view_id: UUID) -> None:
    """Delete one of the user's own views; stops with NoSuchCase where there is none."""
    deleted, _ = SavedView.objects.filter(id=view_id, user=user_id).delete()
    if not deleted:
        raise NoSuchCase("There is no such view of yours.")

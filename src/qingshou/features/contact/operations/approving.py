"""What of contact needs a second person's consent, made known to the queue of approvals."""

from uuid import UUID

from django.urls import reverse

from qingshou.approvals.kinds import register_kind
from qingshou.features.contact.operations.templates import PERMISSION, let_go, use_as_approved
from qingshou.features.contact.phrases.templates import APPROVALS
from qingshou.features.contact.queries.templates import KIND_ONE, KIND_SET


def register_wordings() -> None:
    """Make one wording, and a set of them, known as kinds of request."""
    for kind, href in ((KIND_ONE, _version_href), (KIND_SET, _set_href)):
        register_kind(
            kind, permission=PERMISSION, on_approved=use_as_approved, on_declined=let_go, phrase=APPROVALS[kind],
            href=href,
        )  # fmt: skip


def _version_href(version_id: UUID) -> str:
    return reverse("contact:template", args=[version_id])


def _set_href(set_id: UUID) -> str:
    # with the words in view: they are what is decided
    return f"{reverse('contact:templates')}?asked={set_id}&cols=code,channel,language,tone,body"

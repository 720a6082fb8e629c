"""What the book's pages share: the lender's uploads, the person as an actor, an upload or nothing."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from qingshou.access.actors import actor_of
from qingshou.access.guards import Hidden
from qingshou.audit.actors import Actor
from qingshou.features.book.uploads import Upload, Uploads
from qingshou.kernel.errors import NotFound
from qingshou.tenancy.queries import current_tenant


def uploads_of() -> Uploads:
    """Return the uploads of the lender in force."""
    return Uploads(settings.QINGSHOU_HOME, current_tenant().code)


def upload_or_hidden(upload_id: UUID) -> Upload:
    """Return an upload; what is not there answers as any page that is not there."""
    try:
        return uploads_of().get(upload_id)
    except NotFound as gone:
        raise Hidden(gone.message) from None


def asker(request: HttpRequest) -> Actor:
    """Return whoever asks, as the record names them."""
    user: Any = request.user
    return actor_of(user)

"""Jobs of the book."""

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app

from qingshou.audit.actors import Actor
from qingshou.features.book.taking_in import take_in
from qingshou.tenancy.context import using


@app.task(name="book.take_in", queue="imports")
def take_in_upload(*, tenant_id: str, upload_id: str, actor_kind: str, actor_name: str, actor_id: str | None) -> None:
    """Import an upload for a lender; run again after a crash it ends the same."""
    with using(UUID(tenant_id)):
        take_in(
            tenant_id=UUID(tenant_id),
            upload_id=upload_id,
            home=settings.QINGSHOU_HOME,
            actor=Actor(actor_kind, actor_name, UUID(actor_id) if actor_id else None),
            now=datetime.now(UTC),  # noqa: TID251  a job is an edge: it knows the time
        )

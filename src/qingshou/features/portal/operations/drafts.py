"""Forms begun and not sent: kept sealed until they are."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.features.contact.operations.stops import lock_person_of
from qingshou.features.portal.models import PortalDraft
from qingshou.features.portal.operations.recording import note
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.privacy.clearance import SUBJECT
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import Sealed
from qingshou.privacy.sealing import seal

PLACE = "portal_portaldraft.values"
PURPOSE = "OWN_PAGE"


def save_draft(*, borrower_id: UUID, form: str, values: Mapping[str, str], now: datetime) -> None:
    """Keep what was typed so far; the newest takes the place of the one before."""
    with transaction.atomic():
        lock_person_of(borrower_id, now)
        row = PortalDraft.objects.filter(borrower=borrower_id, form=form).first()
        is_new = row is None
        row = row or PortalDraft(id=uuid4(), borrower_id=borrower_id, form=form)
        text = json.dumps(dict(values), ensure_ascii=False)
        row.values = seal(text, place=PLACE, row_id=row.id)  # type: ignore[assignment]
        row.saved_at = now
        row.save(force_insert=is_new)
        note(borrower_id=borrower_id, action="PORTAL_DRAFT_SAVED", actor=DEBTOR, now=now, form=form)


def open_draft(*, borrower_id: UUID, form: str, now: datetime) -> dict[str, str]:
    """Return what was typed before, for the debtor; {} where there is nothing."""
    row = PortalDraft.objects.filter(borrower=borrower_id, form=form).first()
    if row is None:
        return {}
    fields = {"draft": Sealed(PLACE, row.id, PersonalKind.NOTE, row.values)}
    shown = reveal(subject_kind="BORROWER", subject_id=borrower_id, fields=fields, reader=DEBTOR, role=SUBJECT,
                   purpose=PURPOSE, now=now)  # fmt: skip
    return dict(json.loads(shown["draft"] or "{}"))

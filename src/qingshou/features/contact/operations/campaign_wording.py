"""Which wording a member of a campaign would get: by channel and the person's language, looked up once each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from qingshou.features.contact.models import Campaign
from qingshou.features.contact.queries.templates import approved_version
from qingshou.tenancy.bulk import read_rows

_LANGUAGES = """
SELECT b.id, COALESCE(NULLIF(p.language, ''), b.language)
FROM book_borrower b
LEFT JOIN contact_personlink l ON l.borrower_id = b.id
LEFT JOIN contact_contactperson p ON p.id = l.person_id
WHERE b.id = ANY(%(ids)s)
"""


class Wordings:
    """The approved wordings of a campaign, by channel and language."""

    def __init__(self, campaign: Campaign) -> None:
        self._code, self._tone = campaign.template_code, campaign.tone
        self._known: dict[tuple[str, str], Any] = {}

    def of(self, channel: str, language: str) -> Any:
        """Return the approved version, or None where there is none."""
        key = (channel, language)
        if key not in self._known:
            self._known[key] = approved_version(code=self._code, channel=channel, language=language, tone=self._tone)
        return self._known[key]


def languages_of(borrower_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the language of each debtor: as the person asked, else as the tape says; '' where neither does."""
    return dict(read_rows(_LANGUAGES, {"ids": list(borrower_ids)}))

"""Messages to try things on: what is asked of the door, and a wording approved."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from tests.integration.contact.rows import NOW as NOON

from qingshou.features.contact.models import Template, TemplateVersion
from qingshou.features.contact.operations.door import Asked
from qingshou.law.contact.terms import Channel

NOW: datetime = NOON


def asked_of(case: Any, *, channel: Channel = Channel.SMS, key: str = "", **more: Any) -> Asked:
    """Ask for one contact with a case's debtor."""
    return Asked(borrower_id=case.borrower_id, case_id=case.id, channel=channel, key=key or f"test:{uuid4()}", **more)


def version_of(body: str, *, code: str = "REMINDER", channel: str = "SMS", status: str = "APPROVED") -> TemplateVersion:
    """Make a wording."""
    template = Template.objects.create(code=code, channel=channel, language="zh-hans", tone="FRIENDLY", made_at=NOW)
    return TemplateVersion.objects.create(
        template=template, version=1, subject="", body=body, status=status, made_by="writer", made_at=NOW,
        approved_by="second" if status == "APPROVED" else "", document_hash="0" * 64,
    )  # fmt: skip

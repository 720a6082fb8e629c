"""What is to be recorded, before it has its place in a chain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of one subject. `facts` holds codes, amounts and dates; personal data has its own way in (`record`)."""

    subject_kind: str
    subject_id: UUID
    action: str
    facts: Mapping[str, object] = field(default_factory=dict)
    rule: str = ""
    law: str = ""
    document_hash: str = ""

"""The documents of a case."""

from uuid import UUID

from qingshou.features.repayment.models import FiledDocument


def documents_of_case(*, case_id: UUID, kinds: tuple[str, ...] = (), limit: int = 50) -> list[FiledDocument]:
    """Return the documents of a case, the newest first; names stay sealed."""
    rows = FiledDocument.objects.filter(case=case_id)
    return list((rows.filter(kind__in=kinds) if kinds else rows).order_by("-stored_at")[:limit])

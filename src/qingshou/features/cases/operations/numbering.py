"""Case numbers: <year>-<eight digits>, counted up within a lender's year."""

from django.db import connection

from qingshou.features.cases.models import Case
from qingshou.tenancy.context import current_tenant_id

_DIGITS = 8


def next_number(year: int) -> int:
    """Return the year's next number; whoever asks next waits until this transaction ends, so that no two are alike."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"case-number:{current_tenant_id()}:{year}"]
        )
    last = (
        Case.objects.filter(tenant=current_tenant_id(), number__gte=f"{year}-", number__lt=f"{year + 1}-")
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return 1 if last is None else int(last.rpartition("-")[2]) + 1


def spell_number(year: int, count: int) -> str:
    """Return a number as people see it: 2026-00000042."""
    return f"{year}-{count:0{_DIGITS}d}"

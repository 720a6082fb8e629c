"""What every operation on one call shares: its row locked, its person and case after it, and the lender's day."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.contact.errors import NoSuchContact, NotNow
from qingshou.features.contact.models import Call
from qingshou.tenancy.context import current_tenant_id
from qingshou.tenancy.queries import current_tenant


def lock_call(call_id: UUID, *, unsaved: bool = True, actor: Actor | None = None) -> Call:
    """Return a call with its row locked; the attempt is read with it, not locked.

    Takes   actor  whose call it must be; None: anybody's (the exchange, an upload)
    Stops   NoSuchContact  no such call, or somebody else's
            NotNow         it was written up already
    """
    calls = Call.objects.select_related("attempt").select_for_update(no_key=True, of=("self",))
    call = calls.filter(id=call_id).first()
    if call is None or (actor is not None and call.attempt.placed_by != actor.name[:60]):
        raise NoSuchContact("There is no such call. It may belong to someone else.")
    if unsaved and call.saved_at is not None:
        raise NotNow("This call is written up already: begin a new one.")
    return call


def lock_caller(actor: Actor) -> None:
    """Let one person begin one call at a time: until the transaction ends, their other beginnings wait here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"call:{current_tenant_id()}:{actor.name}"]
        )


def working_day(case: Any, now: datetime) -> date:
    """Return the day a case is worked on: the book's own where the book is of the past, else the lender's today."""
    tenant = current_tenant()
    if tenant.is_demo:
        return case.as_of  # type: ignore[no-any-return]
    return now.astimezone(ZoneInfo(tenant.time_zone)).date()


def record_call(call: Call, action: str, *, actor: Actor, now: datetime, facts: dict[str, object]) -> None:
    """Record one event in the chain of the call's case."""
    record(subject_kind="CASE", subject_id=call.attempt.case_id, action=action, actor=actor, now=now,
           facts={"call": call.id, **facts}, rule="contact.call")  # fmt: skip

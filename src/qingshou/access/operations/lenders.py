"""Lenders: made from the command line of the installation, never from a page."""

import re
from datetime import date, datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from qingshou.access.errors import NameTaken, UnfitLender
from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.law.classification import jurisdictions
from qingshou.tenancy.context import using
from qingshou.tenancy.models import Tenant

SUBJECT = "LENDER"
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}", re.ASCII)


def create_lender(
    *,
    code: str,
    name: str,
    jurisdiction: str,
    currency: str,
    time_zone: str,
    actor: Actor,
    now: datetime,
    law_date: date | None = None,
    is_demo: bool = False,
) -> Tenant:
    """Make a lender, with the first event of its record.

    Takes   jurisdiction  whose law classifies its loans
            law_date      judge classes by the law of this date instead of the as-of date (a book older than every text)
    Stops   UnfitLender, NameTaken
    """
    if not _CODE.fullmatch(code):
        raise UnfitLender("A lender's code has 2 to 39 letters a-z, digits or hyphens.")
    if jurisdiction not in jurisdictions():
        raise UnfitLender(
            f"No law is held for '{jurisdiction}': choose from {', '.join(sorted(jurisdictions()))}.",
            jurisdiction=jurisdiction,
        )
    tenant = Tenant(
        id=uuid4(), code=code, name=name, jurisdiction=jurisdiction, currency=currency, time_zone=time_zone,
        law_date=law_date, is_demo=is_demo, created_at=now,
    )  # fmt: skip
    with using(tenant.id), transaction.atomic():
        try:
            with transaction.atomic():
                tenant.save(force_insert=True)
        except IntegrityError:
            raise NameTaken(f"There is a lender '{code}' already: choose another code.", name=code) from None
        record(subject_kind=SUBJECT, subject_id=tenant.id, action="LENDER_CREATED", actor=actor, now=now,
               facts={"code": code, "jurisdiction": jurisdiction, "currency": currency})  # fmt: skip
    return tenant

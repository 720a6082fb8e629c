"""The data held of a debtor, given to the debtor: their own in the clear, nothing of anybody else."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from qingshou.features.portal.errors import TooOften
from qingshou.features.portal.models import PortalAsk
from qingshou.features.portal.operations.asks import place_ask
from qingshou.features.portal.operations.recording import note
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.queries.held import data_of
from qingshou.features.portal.rules.asks import AskKind
from qingshou.features.portal.rules.policy import portal_policy
from qingshou.tenancy.queries import current_tenant

FORMS = ("PDF", "HTML", "JSON")


def give_data(
    *, borrower_id: UUID, case: Any, form: str, on: date, now: datetime
) -> tuple[PortalAsk, Mapping[str, Any]]:  # fmt: skip
    """Gather what is held of a debtor for themself; every reading is logged, and that it was given is recorded.

    Takes   form  one of FORMS: how it is given
    Gives   (the ask that keeps it, the data: texts, numbers as text, dates as ISO)
    Stops   TooOften  as many copies were taken within a day as the lender allows
    """
    most = portal_policy(current_tenant().settings).throttle["copies_per_day"]
    with transaction.atomic():
        # placing the ask locks the debtor's case: what is counted next, nobody else counts at the same time
        ask = place_ask(borrower_id=borrower_id, kind=AskKind.DATA_COPY, now=now, facts={"form": form}, is_done=True)
        taken = PortalAsk.objects.filter(borrower=borrower_id, kind=AskKind.DATA_COPY.value,
                                         asked_at__gt=now - timedelta(days=1)).count()  # fmt: skip
        if taken > most:
            raise TooOften("Many copies were taken today: take another one tomorrow.", minutes=24 * 60)
        data = data_of(borrower_id=borrower_id, case=case, on=on, now=now)
        note(borrower_id=borrower_id, case_id=case.id, action="PORTAL_DATA_GIVEN", actor=DEBTOR, now=now, ask=ask.id,
             form=form)  # fmt: skip
    return ask, data

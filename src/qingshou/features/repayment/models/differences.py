"""What we did to a loan that its tape does not show: done again on each tape until it does, or a person decides."""

import uuid

from django.db import models
from django.db.models import Q

from qingshou.features.repayment.models.amounts import money
from qingshou.features.repayment.models.ledger import LedgerEvent, LoanLedger
from qingshou.tenancy.models import TenantRow


class TapeDifference(TenantRow):
    """One act of ours on one loan, and whether the core system has booked it.

    States: OPEN (not shown yet; a finding once a tape has spoken without it) -> BOOKED (a tape shows it) | CONFIRMED (a
    person says that the core system has it) | TAKEN_BACK (ours does not hold) | OVER (nothing of it is left to differ).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ledger = models.ForeignKey(LoanLedger, on_delete=models.PROTECT, related_name="differences")
    event = models.OneToOneField(LedgerEvent, on_delete=models.PROTECT, related_name="difference")
    kind = models.CharField(max_length=12)  # WAIVER, CHARGE, RE_AGE, RE_AMORTISE
    amounts = models.JSONField(default=dict)  # kind of debt -> amount, as it was really done
    amount = money()
    currency = models.CharField(max_length=3)
    acted_on = models.DateField()
    acted_by = models.CharField(max_length=60)
    state = models.CharField(max_length=10, default="OPEN")
    missing_since = models.DateField(null=True)  # the first tape that does not show it
    missing_as_of = models.DateField(null=True)  # the latest of them
    settled_by = models.CharField(max_length=60, blank=True)
    settled_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["ledger"], condition=Q(state="OPEN"), name="difference_open_of_ledger"),
            models.Index(fields=["tenant", "missing_since", "id"], name="difference_list"),
        ]

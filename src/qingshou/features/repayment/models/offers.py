"""What was offered, what was answered: every word of a negotiation on file."""

import uuid

from django.db import models

from qingshou.features.repayment.models.amounts import money
from qingshou.features.repayment.models.budgets import Budget
from qingshou.privacy.fields import SealedField
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.models import TenantRow


class OfferSearch(TenantRow):
    """One search for offers, with everything needed to make it again and get the same."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    budget = models.ForeignKey(Budget, null=True, on_delete=models.PROTECT, related_name="+")
    policy = models.CharField(max_length=80)  # name, version and hash
    role = models.CharField(max_length=20)
    inputs = models.JSONField(default=dict)  # amounts, dates and codes
    reasons = models.JSONField(default=list)  # why there are no or few offers
    searched_by = models.CharField(max_length=60)
    searched_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-searched_at"], name="offer_search_of_case")]


class Offer(TenantRow):
    """One offer, side by side with its neighbours of the search; also what a debtor or a colleague proposed instead."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    search = models.ForeignKey(OfferSearch, null=True, on_delete=models.PROTECT, related_name="offers")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(
        max_length=30
    )  # BEST_VALUE, LOWEST_INSTALMENT, SHORTEST, LOWEST_COST, SETTLEMENT, PROPOSED
    kind = models.CharField(max_length=12)  # PLAN, SETTLEMENT
    currency = models.CharField(max_length=3)
    terms = models.JSONField(default=dict)  # term, rate, step, grace, waivers, pay-day, first date
    schedule = models.JSONField(default=list)  # due, amount and its parts, as text
    total = money()
    total_cost = money()  # over the principal still owed
    apr = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    ends_on = models.DateField()
    kept_chance = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    kept_low = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    kept_high = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    value = money(null=True)  # expected present value to the lender
    limits = models.JSONField(default=list)  # each limit met or passed, with its rule
    needs_role = models.CharField(max_length=20, blank=True)  # who must agree; '': nobody
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-made_at"], name="offer_of_case")]


class NegotiationStep(TenantRow):
    """One step of a negotiation: who said what, by which channel, about which offer.

    Only the seal of the words is ever renewed; the case's record keeps a commitment to them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, null=True, on_delete=models.PROTECT, related_name="steps")
    party = models.CharField(max_length=10)  # LENDER, DEBTOR
    kind = models.CharField(max_length=12)  # OFFERED, COUNTERED, ACCEPTED, REFUSED, WITHDRAWN, SAID
    reason = models.CharField(max_length=30, blank=True)
    said = SealedField(PersonalKind.NOTE)
    channel = models.CharField(max_length=10, blank=True)
    call_id = models.UUIDField(null=True)  # of contact: its recording is the proof
    document_hash = models.CharField(max_length=64, blank=True)
    made_by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="negotiation_of_case")]

"""Plans: what was agreed, when each part falls due, and whether it was kept."""

import uuid

from django.db import models
from django.db.models import Q

from qingshou.features.repayment.models.amounts import money, money_or_unknown
from qingshou.features.repayment.models.ledger import LoanLedger
from qingshou.features.repayment.models.offers import Offer
from qingshou.tenancy.models import TenantRow


class Plan(TenantRow):
    """One agreement with a debtor over one or several loans.

    While it is ACTIVE or can be cured, `stop_id` names the stop of contact that the law asks for.
    States: AWAITING_APPROVAL -> AWAITING_ACCEPTANCE -> ACTIVE -> KEPT | BROKEN; BROKEN -> ACTIVE when cured;
    CANCELLED (before it was active, or by agreement), SUPERSEDED (by a new plan), EXPIRED (nobody accepted).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=40)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="plans")
    kind = models.CharField(max_length=12)  # PLAN, SETTLEMENT
    state = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    total = money()
    starts_on = models.DateField()
    ends_on = models.DateField()
    grace_days = models.PositiveSmallIntegerField()
    threshold_pct = models.DecimalField(max_digits=5, decimal_places=2)  # of an instalment, to count as paid
    missed_max = models.PositiveSmallIntegerField()  # more in a row break it
    unpaid_max = money_or_unknown()  # more than this unpaid past its grace breaks it; null: no such limit
    cure_days = models.PositiveSmallIntegerField()  # how long a break can be cured
    policy = models.CharField(max_length=80)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    is_restructure = models.BooleanField(default=False)  # a concession to someone in difficulty: observed by the law
    observed_until = models.DateField(null=True)
    offered_until = models.DateField()  # the last day it can be accepted
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=12, blank=True)  # SIGNATURE, CODE
    agreement_hash = models.CharField(max_length=64, blank=True)
    signed_hash = models.CharField(max_length=64, blank=True)
    stop_id = models.UUIDField(null=True)  # of contact: collection stops while the plan is honoured
    broken_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_reason = models.CharField(max_length=40, blank=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="plan_number_once"),
            # while a new one waits, the one agreed before goes on
            models.UniqueConstraint(
                fields=["borrower"],
                condition=Q(state__in=["AWAITING_APPROVAL", "AWAITING_ACCEPTANCE"]),
                name="one_waiting_plan_per_borrower",
            ),
            models.UniqueConstraint(
                fields=["borrower"], condition=Q(state="ACTIVE"), name="one_active_plan_per_borrower"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-made_at"], name="plan_of_case"),
            models.Index(fields=["tenant", "state", "-made_at"], name="plan_by_state"),
        ]

    def __str__(self) -> str:
        return self.number


class PlanLoan(TenantRow):
    """A loan a plan is about, and what of it is given up when the plan is kept."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="loans")
    ledger = models.ForeignKey(LoanLedger, on_delete=models.PROTECT, related_name="+")
    owed = money()  # when it was agreed
    waivers = models.JSONField(default=dict)  # kind -> amount, as text
    was_non_performing = models.BooleanField(default=False)  # on the day the plan was accepted
    was_observed = models.BooleanField(default=False)  # restructured before, and still observed on that day
    waiver_event_id = models.UUIDField(null=True)  # the ledger's event, once they were applied

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "ledger"], name="plan_loan_once")]


class PlanInstalment(TenantRow):
    """One due date of a plan. States: DUE, PAID, LATE (past its date, within grace), MISSED, DROPPED.

    DROPPED: not asked for any more, because all was paid off early.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="instalments")
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = money()
    interest = money(default=0)  # of it, what the plan itself charges for the period
    paid_amount = money(default=0)
    state = models.CharField(max_length=8, default="DUE")
    paid_on = models.DateField(null=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="plan_instalment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="plan_instalment_above_zero"),
            models.CheckConstraint(
                condition=Q(paid_amount__gte=0) & Q(paid_amount__lte=models.F("amount")),
                name="plan_instalment_paid_fits",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "due_on"], condition=~Q(state="PAID"), name="plan_instalment_by_due")]


class OneTimeCode(TenantRow):
    """A code sent to a known channel of the debtor: good once, for a short time, for one thing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=20)  # PLAN_ACCEPTANCE, PORTAL
    subject_id = models.UUIDField()
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    message_id = models.UUIDField(null=True)  # of contact: what carried it
    code_hash = models.CharField(max_length=64)
    tries_left = models.PositiveSmallIntegerField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["purpose", "subject_id", "-made_at"], name="one_time_code_of")]

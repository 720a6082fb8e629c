"""Promises to pay: what was promised, what came, and how it ended."""

import uuid

from django.db import models
from django.db.models import F, Q

from qingshou.features.repayment.models.amounts import money, money_or_unknown
from qingshou.tenancy.models import TenantRow


class Promise(TenantRow):
    """One promise. It is kept when `threshold_pct` of the amount came from `from_date` to `due_on` and the grace days.

    Ends: KEPT, BROKEN, CANCELLED (taken back, by us or the debtor, before it fell due), INVALIDATED (it should never
    have counted: wrong person, wrong amount, or a plan or stop came before it).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    # the words as they were taken in a call; null: taken elsewhere
    taken = models.OneToOneField("contact.PromiseTaken", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)  # ARREARS, PART, SETTLEMENT, FIRST_OF_PLAN
    amount = money()
    currency = models.CharField(max_length=3)
    from_date = models.DateField()  # money of this day and later counts
    due_on = models.DateField()
    grace_days = models.PositiveSmallIntegerField()
    threshold_pct = models.DecimalField(max_digits=5, decimal_places=2)
    pay_by = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=12)  # CALL, DESK, PORTAL, REPLY
    state = models.CharField(max_length=12, default="OPEN")
    paid_amount = money(default=0)
    ended_on = models.DateField(null=True)
    ended_reason = models.CharField(max_length=40, blank=True)
    taken_by = models.CharField(max_length=60)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="promised_above_zero"),
            models.CheckConstraint(
                condition=Q(state="OPEN", ended_on__isnull=True) | (~Q(state="OPEN") & Q(ended_on__isnull=False)),
                name="promise_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(threshold_pct__gt=0, threshold_pct__lte=100), name="promise_threshold_fits"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "due_on", "id"], condition=Q(state="OPEN"), name="promise_open_by_due"),
            models.Index(fields=["case", "-taken_at"], name="promise_of_case"),
            models.Index(fields=["borrower"], condition=Q(state="OPEN"), name="promise_open_of_borrower"),
            models.Index(fields=["tenant", "-taken_at", "id"], name="promise_by_time"),
        ]


class Counted(TenantRow):
    """How much of a sum counted towards a promise or an instalment of a plan; each cent towards one of them.

    The sum is a receipt of ours, or a payment on a loan that only the core system's tape tells (`loan` and what follows
    it). What the tape told is kept whole: a later tape lists no payments of long ago any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receipt = models.ForeignKey("repayment.Receipt", null=True, on_delete=models.PROTECT, related_name="counted")
    loan = models.ForeignKey("book.Loan", null=True, on_delete=models.PROTECT, related_name="+")
    payment_ref = models.CharField(
        max_length=80, blank=True, default="", db_default=""
    )  # the core system's own number of it
    paid_on = models.DateField(null=True)
    paid_amount = money_or_unknown()  # of the payment in all
    promise = models.ForeignKey(Promise, null=True, on_delete=models.PROTECT, related_name="counted")
    instalment = models.ForeignKey(
        "repayment.PlanInstalment", null=True, on_delete=models.PROTECT, related_name="counted"
    )
    amount = money()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="counted_above_zero"),
            models.CheckConstraint(
                condition=Q(promise__isnull=True) ^ Q(instalment__isnull=True), name="counted_for_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(
                    receipt__isnull=False,
                    loan__isnull=True,
                    payment_ref="",
                    paid_on__isnull=True,
                    paid_amount__isnull=True,
                )
                | (
                    Q(receipt__isnull=True, loan__isnull=False, paid_on__isnull=False, paid_amount__gte=F("amount"))
                    & ~Q(payment_ref="")
                ),
                name="counted_of_one_sum",
            ),
            models.UniqueConstraint(
                fields=["receipt", "promise"], condition=Q(promise__isnull=False), name="counted_once_a_promise"
            ),
            models.UniqueConstraint(
                fields=["receipt", "instalment"],
                condition=Q(instalment__isnull=False),
                name="counted_once_an_instalment",
            ),
            models.UniqueConstraint(
                fields=["loan", "payment_ref", "promise"],
                condition=Q(loan__isnull=False, promise__isnull=False),
                name="core_counted_once_a_promise",
            ),
            models.UniqueConstraint(
                fields=["loan", "payment_ref", "instalment"],
                condition=Q(loan__isnull=False, instalment__isnull=False),
                name="core_counted_once_an_instalment",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "paid_on"], condition=Q(loan__isnull=False), name="counted_by_core"),
        ]

"""The ledger of a loan: what was charged and what was paid on it, as double entry that is only ever added to.

A posting is a debit where positive, a credit where negative; the postings of a transaction add up to zero. What is
stored of a balance is a copy of the sum of its postings (`qingshou verify`, I2).
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from qingshou.features.repayment.models.amounts import money, money_or_unknown
from qingshou.tenancy.models import TenantRow

# what a debtor can owe; the floor of each is zero
OWED = ("COSTS", "PENALTY", "INTEREST", "PRINCIPAL", "UNSPLIT")
# the lender's own side, one account each a currency: too much written to keep a balance on the row
OWN = ("CASH", "TAPE", "WAIVED", "CHARGED", "CHARGED_OFF", "RECOVERED", "REFUNDED", "FROZEN")
UNAPPLIED = "UNAPPLIED"  # received and not yet put on a debt: one account a receipt, never above zero


class LoanLedger(TenantRow):
    """The ledger of one loan: the row that every movement of its money locks first. `id` is the loan's id."""

    id = models.UUIDField(primary_key=True, editable=False)
    loan = models.OneToOneField("book.Loan", on_delete=models.PROTECT, related_name="+")
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, default="OPEN")  # OPEN, SETTLED, CHARGED_OFF
    tape_as_of = models.DateField()  # the tape the ledger last agreed with
    sequence = models.PositiveIntegerField(default=0)  # of the last event
    # of the contract, where it is not the lender's: kinds from the first paid to the last; DUE_FIRST or KIND_FIRST
    order_kinds = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    order_sequence = models.CharField(max_length=12, blank=True)
    order_future = models.CharField(max_length=24, blank=True)  # what is done with money for what is not due yet
    opened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["borrower"], name="ledger_by_borrower")]


class Account(TenantRow):
    """The smallest piece of a debt (one kind of one due date), or one of the lender's own accounts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ledger = models.ForeignKey(LoanLedger, null=True, on_delete=models.PROTECT, related_name="accounts")
    receipt = models.OneToOneField("repayment.Receipt", null=True, on_delete=models.PROTECT, related_name="account")
    kind = models.CharField(max_length=12)  # OWED, OWN or UNAPPLIED
    currency = models.CharField(max_length=3)
    due_date = models.DateField(null=True)  # null: not due on any date yet
    position = models.PositiveIntegerField(default=0)  # of the instalment in the schedule
    balance = money_or_unknown()  # null: derived only

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ledger", "kind", "due_date", "position"],
                condition=Q(ledger__isnull=False),
                nulls_distinct=False,
                name="account_of_ledger_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "kind", "currency"],
                condition=Q(ledger__isnull=True, receipt__isnull=True),
                name="own_account_once",
            ),
            # I4: nothing is owed below zero, nothing unapplied above what came in
            models.CheckConstraint(
                condition=Q(ledger__isnull=True) | Q(balance__gte=0, kind__in=OWED), name="owed_not_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(receipt__isnull=True) | Q(balance__lte=0, kind=UNAPPLIED), name="unapplied_not_above_zero"
            ),
        ]


class LedgerEvent(TenantRow):
    """Something that moved a loan's money, in the order of its effect; done again when an earlier one changes.

    `facts` is all that is needed to do it again. What it posted last is its newest transaction that is not reversed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ledger = models.ForeignKey(LoanLedger, on_delete=models.PROTECT, related_name="events")
    # TAPE, ALLOCATION, RESTORE, WAIVER, CHARGE, RE_AGE, RE_AMORTISE, CHARGE_OFF, STANDSTILL (rules/steps.py)
    kind = models.CharField(max_length=12)
    effective_date = models.DateField()
    sequence = models.PositiveIntegerField()  # order among events of one date: as they were recorded
    receipt = models.ForeignKey("repayment.Receipt", null=True, on_delete=models.PROTECT, related_name="ledger_events")
    facts = models.JSONField(default=dict)  # codes, amounts and dates
    is_undone = models.BooleanField(default=False)  # taken back for good
    actor_name = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ledger", "sequence"], name="ledger_event_once")]
        indexes = [models.Index(fields=["ledger", "effective_date", "sequence"], name="ledger_event_in_order")]


class Transaction(TenantRow):
    """Postings that belong together and add up to zero; never changed, only reversed."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ledger = models.ForeignKey(LoanLedger, null=True, on_delete=models.PROTECT, related_name="transactions")
    event = models.ForeignKey(LedgerEvent, null=True, on_delete=models.PROTECT, related_name="transactions")
    receipt = models.ForeignKey("repayment.Receipt", null=True, on_delete=models.PROTECT, related_name="transactions")
    # RECEIPT, REVERSAL, REFUND and the kinds of events
    kind = models.CharField(max_length=12)
    effective_date = models.DateField()
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    rule = models.CharField(max_length=60, blank=True)  # the order or policy it followed
    actor_name = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant", "effective_date"], name="transaction_by_date")]


class Posting(TenantRow):
    """One side of a transaction, with why it went where it went."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    amount = money()  # debit positive, credit negative
    reason = models.CharField(max_length=40, blank=True)
    law = models.CharField(max_length=160, blank=True)  # instrument|article|confidence, several parted by "; "

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="posting_not_zero")]

"""Money that came in, and where the news of it came from."""

import uuid

from django.db import models
from django.db.models import Q

from qingshou.features.repayment.models.amounts import money
from qingshou.privacy.fields import BlindIndexField, SealedField
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.models import TenantRow


class BankFile(TenantRow):
    """A bank's file taken in: every line of it is a receipt, a repeat, no credit, or refused with its reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    format = models.CharField(max_length=12)  # CSV, CAMT053, MT940
    rows_read = models.PositiveIntegerField(default=0)
    rows_accepted = models.PositiveIntegerField(default=0)
    rows_duplicate = models.PositiveIntegerField(default=0)
    rows_no_credit = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=dict)  # currency -> read, accepted, duplicate, no_credit, rejected
    rejects = models.JSONField(default=list)  # line, column, code, fields; no values of the file
    warnings = models.JSONField(default=list)  # codes and amounts
    taken_by = models.CharField(max_length=60)
    taken_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # null: it is being taken in, or was left half-way

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "content_hash"], name="bank_file_once")]
        indexes = [models.Index(fields=["tenant", "-taken_at"], name="bank_file_by_time")]


class Receipt(TenantRow):
    """One sum that came in. Its amount is what was put on debts, what was given back and what is not yet applied (I3).

    States: UNMATCHED (nobody knows whose), PROPOSED (matches wait for a person), APPLIED (whole or in part; what is
    left over stands on its account), REVERSED (the bank took it back), REFUNDED (given back), SPLIT (over several
    debtors: all of it stands on its parts, each a receipt of one debtor).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=12)  # BANK_FILE, API, WEBHOOK, CASH; SPLIT: a part of another
    external_ref = models.CharField(max_length=120)  # the bank's or provider's own id, unique within the source
    body_hash = models.CharField(max_length=64)  # of what was told: the same id with another content is refused
    amount = money()
    currency = models.CharField(max_length=3)
    value_date = models.DateField()
    received_at = models.DateTimeField()
    bank_file = models.ForeignKey(BankFile, null=True, on_delete=models.PROTECT, related_name="receipts")
    line_no = models.PositiveIntegerField(null=True)
    # the bank's own number as it wrote it; of cash the form's key, so that a second press is the same receipt; of a
    # part what the whole is known by outside
    source_ref = models.CharField(max_length=140, blank=True, db_default="")
    payment_ref = models.CharField(max_length=40, blank=True)  # a reference of ours found in it
    payer_name = SealedField(PersonalKind.NAME)
    payer_name_index = BlindIndexField(PersonalKind.NAME)
    payer_account = SealedField(PersonalKind.NOTE)
    payer_account_index = models.BinaryField(null=True)
    remittance = SealedField(PersonalKind.NOTE)
    borrower = models.ForeignKey("book.Borrower", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="UNMATCHED")
    matched_by = models.CharField(max_length=60, blank=True)  # a rule's code, or one of our own people
    proposals = models.JSONField(default=list)  # ids, scores and codes
    whole = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    reversed_on = models.DateField(null=True)
    reversal_ref = models.CharField(max_length=120, blank=True)
    ended_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "source", "external_ref"], name="receipt_once"),
            models.UniqueConstraint(
                fields=["tenant", "source", "reversal_ref"], condition=~Q(reversal_ref=""), name="reversal_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_above_zero"),
            models.CheckConstraint(
                condition=~Q(state="APPLIED") | Q(borrower__isnull=False), name="applied_receipt_has_borrower"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "-received_at"],
                condition=Q(state__in=["UNMATCHED", "PROPOSED"]),
                name="receipt_queue",
            ),
            models.Index(fields=["borrower", "-value_date"], name="receipt_by_borrower"),
            models.Index(
                fields=["tenant", "payer_account_index"],
                condition=Q(payer_account_index__isnull=False),
                name="receipt_by_payer_account",
            ),
            models.Index(fields=["tenant", "-received_at", "id"], name="receipt_by_time"),
            models.Index(fields=["tenant", "source_ref"], condition=~Q(source_ref=""), name="receipt_by_source_ref"),
            models.Index(fields=["bank_file"], condition=Q(bank_file__isnull=False), name="receipt_of_bank_file"),
        ]


class PaymentReference(TenantRow):
    """A reference with check digits that we gave a debtor to pay under: for all their debts, one loan, or one plan."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=25)
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    loan = models.ForeignKey("book.Loan", null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "reference"], name="payment_reference_once"),
            models.UniqueConstraint(
                fields=["borrower", "loan"], nulls_distinct=False, name="one_payment_reference_per_debt"
            ),
        ]

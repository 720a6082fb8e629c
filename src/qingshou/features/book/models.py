"""The working set of the loan book: debtors who are, were or may soon be overdue. The whole book lives in the lake."""

import uuid

from django.db import models

from qingshou.privacy.fields import BlindIndexField, SealedField
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.models import Tenant, TenantRow


def _amount(**options: object) -> models.DecimalField:
    """Money: NUMERIC(20,3), unknown is null."""
    return models.DecimalField(max_digits=20, decimal_places=3, null=True, blank=True, **options)  # type: ignore[arg-type]


class Borrower(TenantRow):
    """A person or firm that owes; `id` is uuid5(tenant, borrower_ref), so that a run repeated gives the same rows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    borrower_ref = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, default="RETAIL")
    name = SealedField(PersonalKind.NAME)
    name_index = BlindIndexField(PersonalKind.NAME)
    national_id = SealedField(PersonalKind.NATIONAL_ID)
    national_id_index = BlindIndexField(PersonalKind.NATIONAL_ID)
    birth_date = SealedField(PersonalKind.BIRTH_DATE)
    employer = SealedField(PersonalKind.EMPLOYER)
    address = SealedField(PersonalKind.ADDRESS)
    credit_standing = models.CharField(max_length=4, blank=True)
    region = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    # keyed hash of the personal values as delivered: tells whether they changed without opening them
    personal_digest = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "borrower_ref"], name="borrower_ref_once")]
        indexes = [
            models.Index(fields=["tenant", "name_index"], name="borrower_by_name"),
            models.Index(fields=["tenant", "national_id_index"], name="borrower_by_national_id"),
        ]

    def __str__(self) -> str:
        return self.borrower_ref


class ContactPoint(TenantRow):
    """A number or address at which a borrower or guarantor may be reached."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    borrower = models.ForeignKey(Borrower, on_delete=models.PROTECT, related_name="contact_points")
    channel = models.CharField(max_length=10)  # PHONE, EMAIL, POST
    position = models.PositiveSmallIntegerField(default=1)
    value = SealedField(PersonalKind.PHONE)
    value_index = BlindIndexField(PersonalKind.PHONE)
    source = models.CharField(max_length=30, default="TAPE")
    is_struck = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["borrower", "channel", "position"], name="contact_point_once"),
        ]
        indexes = [models.Index(fields=["tenant", "value_index"], name="contact_point_by_value")]


class Loan(TenantRow):
    """One loan of the working set with its state on `as_of`; `id` is uuid5(tenant, loan_ref)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    loan_ref = models.CharField(max_length=80)
    borrower = models.ForeignKey(Borrower, on_delete=models.PROTECT, related_name="loans")
    as_of = models.DateField()
    product = models.CharField(max_length=40)
    branch = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3)
    contract_rate = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    penalty_uplift = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    originated_date = models.DateField(null=True)
    maturity_date = models.DateField(null=True)
    credit_limit = _amount()
    balance = _amount()
    arrears = _amount()
    arrears_principal = _amount()
    arrears_interest = _amount()
    arrears_penalty = _amount()
    arrears_fees = _amount()
    paid_in_period = _amount()
    payments_made = models.IntegerField(null=True)
    oldest_due_date = models.DateField(null=True)
    overdue_days = models.IntegerField(null=True)
    days_basis = models.CharField(max_length=20)
    severity_base = models.CharField(max_length=10)
    severity = models.CharField(max_length=10)
    severity_reason = models.CharField(max_length=60, blank=True)
    bucket = models.SmallIntegerField(null=True)
    regulatory_class = models.CharField(max_length=20)
    regulatory_reason = models.CharField(max_length=60, blank=True)
    is_non_performing = models.BooleanField(default=False)
    is_contaminated = models.BooleanField(default=False)
    stage = models.SmallIntegerField(null=True)
    provision_rate = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    provision = _amount()
    is_secured = models.BooleanField(null=True)
    is_written_off = models.BooleanField(default=False)
    is_closed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "loan_ref"], name="loan_ref_once")]
        indexes = [models.Index(fields=["borrower"], name="loan_by_borrower")]

    def __str__(self) -> str:
        return self.loan_ref


class Instalment(TenantRow):
    """One due date of a loan of the working set, with its parts."""

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="instalments")
    due_date = models.DateField()
    position = models.PositiveIntegerField()
    amount = _amount()
    principal = _amount()
    interest = _amount()
    penalty = _amount()
    fees = _amount()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["loan", "position"], name="instalment_once")]


class Payment(TenantRow):
    """Money received on a loan as the core system reports it; a reversal is a row of its own."""

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="payments")
    payment_ref = models.CharField(max_length=80)
    paid_date = models.DateField()
    amount = _amount()
    reverses_ref = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["loan", "payment_ref"], name="payment_once")]


class Guarantee(TenantRow):
    """A guarantor's promise for a loan; several a loan, and one person may guarantee several."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="guarantees")
    guarantor_ref = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)  # GENERAL, JOINT
    guaranteed_amount = _amount()
    name = SealedField(PersonalKind.NAME)
    name_index = BlindIndexField(PersonalKind.NAME)
    national_id = SealedField(PersonalKind.NATIONAL_ID)
    phone = SealedField(PersonalKind.PHONE)
    phone_index = BlindIndexField(PersonalKind.PHONE)
    personal_digest = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["loan", "guarantor_ref"], name="guarantee_once")]


class Collateral(TenantRow):
    """A thing that secures loans; shared collateral secures several, each with a rank."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collateral_ref = models.CharField(max_length=80)
    kind = models.CharField(max_length=30)
    description = SealedField(PersonalKind.ADDRESS)
    owner_name = SealedField(PersonalKind.NAME)
    value = _amount()
    currency = models.CharField(max_length=3)
    valued_date = models.DateField(null=True)
    personal_digest = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "collateral_ref"], name="collateral_ref_once")]


class LoanCollateral(TenantRow):
    """Which loan a collateral secures, and at what rank."""

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="collateral_links")
    collateral = models.ForeignKey(Collateral, on_delete=models.CASCADE, related_name="loan_links")
    rank = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["loan", "collateral"], name="loan_collateral_once")]


class Mapping(TenantRow):
    """How one lender's columns become ours; a change is a new version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)
    document = models.JSONField()
    created_by = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name", "version"], name="mapping_version_once")]


class Import(TenantRow):
    """One file taken in: where from, how many rows, what came of each, and the control totals."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    as_of = models.DateField()
    frame = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    intake_id = models.CharField(max_length=32, blank=True)  # names the manifest, the refused rows and the quarantine
    mapping_name = models.CharField(max_length=80)
    mapping_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=20)  # RUNNING, DONE, FAILED
    rows_read = models.BigIntegerField(default=0)
    rows_accepted = models.BigIntegerField(default=0)
    rows_rejected = models.BigIntegerField(default=0)
    rows_duplicate = models.BigIntegerField(default=0)
    totals = models.JSONField(default=dict)  # per amount column: read = accepted + rejected + duplicate
    columns = models.JSONField(default=dict)  # column -> reason code -> count
    notes = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)  # reason code -> count
    lake_path = models.CharField(max_length=400, blank=True)
    rejects_path = models.CharField(max_length=400, blank=True)
    error = models.CharField(max_length=400, blank=True)
    started_by = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "as_of", "frame", "content_hash", "mapping_hash"], name="import_once"
            )
        ]
        indexes = [models.Index(fields=["tenant", "-started_at"], name="import_by_start")]


__all__ = [
    "Borrower",
    "Collateral",
    "ContactPoint",
    "Guarantee",
    "Import",
    "Instalment",
    "Loan",
    "LoanCollateral",
    "Mapping",
    "Payment",
    "Tenant",
]

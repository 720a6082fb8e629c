"""What a debtor can bear: income and expenditure as it was told or proved, and what followed from it."""

import uuid

from django.db import models

from qingshou.features.repayment.models.amounts import money, money_or_unknown
from qingshou.privacy.fields import SealedField
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.models import TenantRow


class Budget(TenantRow):
    """One statement of income and expenditure. A new one takes its place; only the seal of its note is ever renewed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=12)  # SHORT, FULL_SFS, FULL_CN
    as_of = models.DateField()
    currency = models.CharField(max_length=3)
    floor_place = models.CharField(max_length=60, blank=True)  # whose living floor was taken
    adults = models.PositiveSmallIntegerField(default=1)
    children = models.PositiveSmallIntegerField(default=0)
    income = money()
    priority = money(default=0)
    essential = money()
    savings = money(default=0)
    other_debts = money(default=0)
    living_floor = money_or_unknown()
    disposable = money()
    band_low = money()
    band_high = money()
    willingness = models.CharField(max_length=12)  # WILLING, HESITANT, REFUSES, UNKNOWN: never part of the figures
    reasons = models.JSONField(default=list)  # codes, figures and articles
    note = SealedField(PersonalKind.NOTE)
    source = models.CharField(max_length=12)  # DESK, CALL, PORTAL
    taken_by = models.CharField(max_length=60)
    taken_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-taken_at"], name="budget_of_case")]


class BudgetLine(TenantRow):
    """One figure of a budget, monthly, with where it comes from."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="lines")
    heading = models.CharField(max_length=40)
    told_amount = money()
    told_every = models.CharField(max_length=12)  # WEEK, FORTNIGHT, MONTH, QUARTER, YEAR
    monthly_amount = money()
    balance = money_or_unknown()  # of another creditor's debt: what is owed in all
    source = models.CharField(max_length=12)  # STATED, DOCUMENT, TRANSACTIONS, BUREAU
    document_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["budget", "heading", "source"], name="budget_figure_once")]


class FiledDocument(TenantRow):
    """A document of a case: a sealed file named by its hash (proof of income, a signed agreement)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)  # INCOME_PROOF, AGREEMENT, SIGNED_AGREEMENT, HARDSHIP_PROOF, DISPUTE, OTHER
    file_name = SealedField(PersonalKind.NOTE)
    content_type = models.CharField(max_length=80)
    size_bytes = models.PositiveBigIntegerField()
    document_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=12)  # DESK, PORTAL, SYSTEM
    stored_by = models.CharField(max_length=60)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "document_hash"], name="document_once")]
        indexes = [models.Index(fields=["case", "-stored_at"], name="document_of_case")]

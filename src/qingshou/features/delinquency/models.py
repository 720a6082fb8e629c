"""What became of each loan from one as-of date to the next, and the figures of the portfolio on each date."""

from django.db import models

from qingshou.tenancy.models import TenantRow


class Movement(TenantRow):
    """A loan's change of bucket or class between two as-of dates; the history of entering and leaving."""

    as_of = models.DateField()
    previous_as_of = models.DateField(null=True)
    loan_ref = models.CharField(max_length=80)
    borrower_ref = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)  # ENTERED, ROLLED, ROLLED_BACK, CURED, WRITTEN_OFF, CLOSED, CHANGED
    bucket_before = models.SmallIntegerField(null=True)
    bucket_after = models.SmallIntegerField(null=True)
    severity_before = models.CharField(max_length=10, blank=True)
    severity_after = models.CharField(max_length=10, blank=True)
    class_before = models.CharField(max_length=20, blank=True)
    class_after = models.CharField(max_length=20, blank=True)
    balance_before = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    balance_after = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    overdue_days_after = models.IntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "as_of", "loan_ref"], name="movement_once")]
        indexes = [models.Index(fields=["tenant", "loan_ref", "as_of"], name="movement_by_loan")]


class Figure(TenantRow):
    """One number of the portfolio on a date, with how it was counted; drills down to its loans in the lake."""

    as_of = models.DateField()
    name = models.CharField(max_length=40)  # overdue_rate, roll_matrix, waterfall, vintage, structure, arrears_by ...
    key = models.CharField(max_length=120)  # e.g. 'M1>M2', 'MILD|CURED', 'CARD|NORTH'
    loans_count = models.BigIntegerField(null=True)
    amount = models.DecimalField(max_digits=24, decimal_places=3, null=True)
    numerator = models.DecimalField(max_digits=24, decimal_places=3, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=3, null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "as_of", "name", "key", "currency"], name="figure_once")
        ]

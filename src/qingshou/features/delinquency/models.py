"""What became of each loan from one as-of date to the next, and the figures of the portfolio on each date."""

from django.db import models

from qingshou.tenancy.models import TenantRow


class Movement(TenantRow):
    """A loan's change of bucket or class between two as-of dates; the history of entering and leaving."""

    as_of = models.DateField()
    previous_as_of = models.DateField(null=True)
    loan_ref = models.CharField(max_length=80)
    borrower_ref = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)  # a code of cells.MOVEMENTS
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


class Classification(TenantRow):
    """The classes of one date: which file of the lake holds them, made from which files, by which law."""

    as_of = models.DateField()
    law_on = models.DateField()  # the date whose law was applied: the as-of date, or the lender's law date
    jurisdiction = models.CharField(max_length=20)
    shape = models.CharField(max_length=10)  # SNAPSHOT, SCHEDULE
    engine = models.CharField(max_length=10)
    path = models.CharField(max_length=400)  # below the home folder
    reached_path = models.CharField(max_length=400, blank=True)
    sources = models.JSONField(default=list)  # the lake files it was made from
    loans_count = models.BigIntegerField(default=0)
    overdue_count = models.BigIntegerField(default=0)
    unknown_days_count = models.BigIntegerField(default=0)
    derived_days_count = models.BigIntegerField(default=0)
    unclassified_count = models.BigIntegerField(default=0)
    severities = models.JSONField(default=dict)  # code -> loans
    classes = models.JSONField(default=dict)
    reasons_unclassified = models.JSONField(default=dict)
    unverified_articles = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "as_of"], name="classification_once")]


class Figure(TenantRow):
    """One number of the portfolio on a date; drills down to its loans in the lake.

    `base_date` is the earlier date it compares with, null for a figure of the date alone. `loans_count` is the number
    of rows behind it. An amount is null where no loan behind it has a known one; `unknown_count` of them have none.
    """

    as_of = models.DateField()
    base_date = models.DateField(null=True)
    name = models.CharField(max_length=40)  # a name of cells.NAMES
    key = models.CharField(max_length=120)  # e.g. 'M1>M2', 'MILD|CURED', 'CARD|NORTH'
    loans_count = models.BigIntegerField(null=True)
    amount = models.DecimalField(max_digits=24, decimal_places=3, null=True)
    numerator = models.DecimalField(max_digits=24, decimal_places=3, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=3, null=True)
    unknown_count = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "as_of", "name", "base_date", "currency", "key"],
                name="figure_once_per_base",
                nulls_distinct=False,
            )
        ]

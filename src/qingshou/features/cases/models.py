"""One case per debtor over all loans: where it stands, whose it is, what comes next and when."""

import uuid
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from qingshou.tenancy.models import TenantRow


def _live(*fields: str, name: str) -> models.Index:
    """An index over live cases only: closed ones leave the worklist and its indexes."""
    return models.Index(fields=fields, condition=Q(closed_on__isnull=True), name=name)


class Case(TenantRow):
    """A debtor's case. `id` is uuid5(tenant, borrower_ref, opened_on): a run repeated gives the same case.

    The figures beside the stage are copies of the day's, kept for the worklist's order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=40)  # shown to people: <year>-<eight digits>
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="cases", db_index=False)
    process_code = models.CharField(max_length=40)
    process_version = models.PositiveIntegerField()
    stage = models.CharField(max_length=40)
    stage_entered_on = models.DateField()
    stage_due_on = models.DateField(null=True)
    severity = models.CharField(max_length=10)
    overdue_days = models.IntegerField(null=True)
    # as-of date less overdue days: the same order as the days', without changing every day
    overdue_since = models.DateField(null=True)
    loans_count = models.PositiveIntegerField(default=0)
    balance = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    arrears = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    currency = models.CharField(max_length=3)
    product = models.CharField(max_length=40, blank=True)
    branch = models.CharField(max_length=60, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="owned_cases", db_index=False
    )
    next_action = models.CharField(max_length=40, blank=True)
    next_action_on = models.DateField(null=True)
    # the order of the queue (rules.py): tier 1 first, then the higher weight
    queue_tier = models.PositiveSmallIntegerField(default=12)
    queue_reason = models.CharField(max_length=40, blank=True)
    queue_weight = models.DecimalField(max_digits=24, decimal_places=3, default=0)
    # facts the queue looks at
    is_never_paid = models.BooleanField(default=False)
    cures_count = models.PositiveSmallIntegerField(default=0)
    # copies of what repayment knows (operations.set_promise_dates): the next promise due, the last one broken
    promise_due_on = models.DateField(null=True)
    promise_broken_on = models.DateField(null=True)
    # one column each to sort and page by: a keyset needs a plain, ever-known key with an index
    queue_key = models.GeneratedField(
        expression=F("queue_tier") * Value(Decimal(10**21)) - F("queue_weight"),
        output_field=models.DecimalField(max_digits=30, decimal_places=3),
        db_persist=True,
    )
    arrears_key = models.GeneratedField(
        expression=Coalesce(F("arrears"), Value(Decimal(-1))),
        output_field=models.DecimalField(max_digits=20, decimal_places=3),
        db_persist=True,
    )
    since_key = models.GeneratedField(
        expression=Coalesce(F("overdue_since"), Value(date(9999, 12, 31))),
        output_field=models.DateField(),
        db_persist=True,
    )
    opened_on = models.DateField()
    as_of = models.DateField()
    closed_on = models.DateField(null=True)
    closed_reason = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="case_number_once"),
            models.UniqueConstraint(
                fields=["borrower"], condition=Q(closed_on__isnull=True), name="one_live_case_per_borrower"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=False)
                | (Q(owner__isnull=False) & ~Q(next_action="") & Q(next_action_on__isnull=False)),
                name="live_case_has_owner_action_date",
            ),
        ]
        indexes = [
            _live("tenant", "owner", "queue_key", "id", name="case_of_owner"),
            _live("tenant", "queue_key", "id", name="case_by_queue"),
            _live("tenant", "stage", "queue_key", "id", name="case_of_stage"),
            _live("tenant", "branch", "queue_key", "id", name="case_of_branch"),
            _live("tenant", "product", "queue_key", "id", name="case_of_product"),
            _live("tenant", "since_key", "id", name="case_by_since"),
            _live("tenant", "arrears_key", "id", name="case_by_arrears"),
            _live("tenant", "next_action_on", "id", name="case_by_due"),
            models.Index(fields=["borrower", "-opened_on"], name="case_by_borrower"),
        ]

    def __str__(self) -> str:
        return self.number


class StageEvidence(TenantRow):
    """What a checklist item of a stage was met by: a note, a document's hash, a contact."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    stage = models.CharField(max_length=40)
    item = models.CharField(max_length=60)
    note = models.CharField(max_length=400, blank=True)
    document_hash = models.CharField(max_length=64, blank=True)
    given_by = models.CharField(max_length=60)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "stage", "item"], name="evidence_once")]


class SavedView(TenantRow):
    """A user's named filter of the worklist; the query is the page's own URL query."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    is_shared = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_once")]

"""Who read whose personal data, when and what for."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from qingshou.tenancy.models import TenantRow


class PersonalDataRead(TenantRow):
    """One act of reading: a page or an export is one row, with every subject it showed. Never the data itself."""

    append_only = True

    at = models.DateTimeField()
    reader_kind = models.CharField(max_length=10)
    reader_name = models.CharField(max_length=60)
    reader_id = models.UUIDField(null=True)
    role = models.CharField(max_length=30)
    purpose = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject_ids = ArrayField(models.UUIDField())
    clear_fields = ArrayField(models.CharField(max_length=40))
    masked_fields = ArrayField(models.CharField(max_length=40))

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-at"], name="personal_read_by_time"),
            GinIndex(fields=["subject_ids"], name="personal_read_by_subject"),
        ]

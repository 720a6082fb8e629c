"""What we did to a loan that its tape does not show; the contract's own way with money for what is not due yet."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import qingshou.tenancy.context


class Migration(migrations.Migration):
    dependencies = [
        ("repayment", "0002_receipt_parts"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="loanledger",
            name="order_future",
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.CreateModel(
            name="TapeDifference",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("amounts", models.JSONField(default=dict)),
                ("amount", models.DecimalField(decimal_places=3, max_digits=20)),
                ("currency", models.CharField(max_length=3)),
                ("acted_on", models.DateField()),
                ("acted_by", models.CharField(max_length=60)),
                ("state", models.CharField(default="OPEN", max_length=10)),
                ("missing_since", models.DateField(null=True)),
                ("missing_as_of", models.DateField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=60)),
                ("settled_on", models.DateField(null=True)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="difference",
                        to="repayment.ledgerevent",
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="repayment.loanledger",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        default=qingshou.tenancy.context.current_tenant_id_or_none,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "OPEN")), fields=["ledger"], name="difference_open_of_ledger"
                    ),
                    models.Index(fields=["tenant", "missing_since", "id"], name="difference_list"),
                ],
            },
        ),
    ]

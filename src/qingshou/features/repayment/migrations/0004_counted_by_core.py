"""What counts towards promises and plans may be a payment that only the core system's tape tells."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0004_room_to_change"),
        ("repayment", "0003_ledger_differences"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="counted",
            name="loan",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="book.loan"
            ),
        ),
        migrations.AddField(
            model_name="counted",
            name="paid_amount",
            field=models.DecimalField(blank=True, decimal_places=3, max_digits=20, null=True),
        ),
        migrations.AddField(
            model_name="counted",
            name="paid_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="counted",
            name="payment_ref",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="counted",
            name="receipt",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="counted", to="repayment.receipt"
            ),
        ),
        migrations.AddIndex(
            model_name="counted",
            index=models.Index(
                condition=models.Q(("loan__isnull", False)), fields=["tenant", "paid_on"], name="counted_by_core"
            ),
        ),
        migrations.AddConstraint(
            model_name="counted",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("loan__isnull", True),
                        ("paid_amount__isnull", True),
                        ("paid_on__isnull", True),
                        ("payment_ref", ""),
                        ("receipt__isnull", False),
                    ),
                    models.Q(
                        ("loan__isnull", False),
                        ("paid_amount__gte", models.F("amount")),
                        ("paid_on__isnull", False),
                        ("receipt__isnull", True),
                        models.Q(("payment_ref", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="counted_of_one_sum",
            ),
        ),
        migrations.AddConstraint(
            model_name="counted",
            constraint=models.UniqueConstraint(
                condition=models.Q(("loan__isnull", False), ("promise__isnull", False)),
                fields=("loan", "payment_ref", "promise"),
                name="core_counted_once_a_promise",
            ),
        ),
        migrations.AddConstraint(
            model_name="counted",
            constraint=models.UniqueConstraint(
                condition=models.Q(("instalment__isnull", False), ("loan__isnull", False)),
                fields=("loan", "payment_ref", "instalment"),
                name="core_counted_once_an_instalment",
            ),
        ),
    ]

"""A receipt split over several debtors: each part is a receipt of its own and names the whole."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repayment", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="whole",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="repayment.receipt"
            ),
        ),
    ]

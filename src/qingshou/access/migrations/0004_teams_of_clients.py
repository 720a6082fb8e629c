"""An API client may stand for a team: its role then works that team's cases."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_temporary_passwords"),
    ]

    operations = [
        migrations.AddField(
            model_name="apiclient",
            name="team",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.team"
            ),
        ),
    ]

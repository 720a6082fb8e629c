"""Which way the code of a visit went: counted by it; earlier visits count as text messages, as most of them were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="portalvisit", name="channel", field=models.CharField(blank=True, default="SMS", max_length=10)
        ),
        migrations.AlterField(
            model_name="portalvisit", name="channel", field=models.CharField(blank=True, default="", max_length=10)
        ),
    ]

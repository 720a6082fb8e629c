"""Half of each page of the chains' ends stays free: an end moves with every event and never in an indexed column."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE audit_audithead SET (fillfactor = 50)",
            reverse_sql="ALTER TABLE audit_audithead RESET (fillfactor)",
        ),
    ]

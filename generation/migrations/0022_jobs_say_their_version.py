"""Which look of its character a job was asked for with; a null for those before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0012_versions"),
        ("generation", "0021_jobs_are_seen"),
    ]

    operations = [
        migrations.AddField(
            model_name="generationjob",
            name="version",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
    ]

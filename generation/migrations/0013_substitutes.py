"""Which other providers a quote named, and whether a picture may still go to one of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0012_masks")]

    operations = [
        migrations.AddField(
            model_name="generationjob",
            name="substitutes",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="jobitem",
            name="is_bound",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="jobitem",
            name="moved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="generationjob",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ("queued", "running", "canceling")),
                    ("substitutes__isnull", False),
                ),
                fields=["id"],
                name="job_movable",
            ),
        ),
    ]

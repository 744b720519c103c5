"""What the items keep now; after every job has been split."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("generation", "0007_items_of_earlier_jobs")]

    operations = [
        migrations.RemoveConstraint(
            model_name="generationjob",
            name="job_lease_iff_running",
        ),
        migrations.RemoveIndex(
            model_name="generationjob",
            name="job_live_next_check",
        ),
        migrations.RemoveIndex(
            model_name="generationjob",
            name="job_live_lease",
        ),
        migrations.RemoveField(
            model_name="generationjob",
            name="attempts",
        ),
        migrations.RemoveField(
            model_name="generationjob",
            name="delivered_positions",
        ),
        migrations.RemoveField(
            model_name="generationjob",
            name="enqueued_at",
        ),
        migrations.RemoveField(
            model_name="generationjob",
            name="failures",
        ),
        migrations.RemoveField(
            model_name="generationjob",
            name="lease_expires_at",
        ),
        migrations.RemoveField(
            model_name="generationjob",
            name="lease_id",
        ),
        migrations.RemoveField(
            model_name="generationjob",
            name="next_check_at",
        ),
        migrations.RemoveField(
            model_name="generationjob",
            name="requests",
        ),
        migrations.RemoveField(
            model_name="generationjob",
            name="tickets",
        ),
    ]

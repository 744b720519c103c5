"""What a picture cost at its provider, and a job with all of its pictures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0014_lanes_have_a_pace")]

    operations = [
        migrations.AddField(
            model_name="provenance",
            name="cost_minor",
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="generationjob",
            name="cost_minor",
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True),
        ),
    ]

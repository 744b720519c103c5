"""What the owner was told about how long it takes, to be held against what happened."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0009_held_pictures")]

    operations = [
        migrations.AddField(
            model_name="generationjob",
            name="promised_low_s",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="generationjob",
            name="promised_high_s",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
    ]

"""When an owner first saw how a job ended: no mail needs to tell them then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0020_likeness_of_images"),
    ]

    operations = [
        migrations.AddField(
            model_name="generationjob",
            name="seen_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]

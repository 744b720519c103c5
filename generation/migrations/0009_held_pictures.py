"""Pictures whose provider will not give them a second time, until they are imported."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0008_jobs_without_item_columns")]

    operations = [
        migrations.CreateModel(
            name="HeldPicture",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="held_picture",
                        serialize=False,
                        to="generation.jobitem",
                    ),
                ),
                ("content", models.BinaryField()),
                ("content_type", models.CharField(max_length=40)),
                ("origin", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]

"""Which part of a picture is to be changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ryla.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0011_likeness"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mask",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ryla.lib.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="masks",
                        to="characters.image",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="masks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("image", "sha256"), name="mask_once_per_image")
                ],
            },
        ),
    ]

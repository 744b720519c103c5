"""Stars on options of the studio."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ryla.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0016_jobs_by_the_picture_they_start_from"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FavouriteOption",
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
                ("field", models.CharField(max_length=20)),
                ("slug", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="favourite_options",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "field", "slug"), name="favourite_option_once"
                    )
                ],
            },
        ),
    ]

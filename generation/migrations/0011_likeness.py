"""How like a picture is to its face, where its owner wants to look, and free new tries."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ryla.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0003_image_faces"),
        ("generation", "0010_promised_times"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LikenessThreshold",
            fields=[
                (
                    "character",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="likeness_threshold",
                        serialize=False,
                        to="characters.character",
                    ),
                ),
                ("value", models.FloatField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0), ("value__lte", 1)),
                        name="threshold_is_a_fraction",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Likeness",
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
                ("face_id", models.UUIDField()),
                ("model", models.CharField(max_length=30)),
                ("version", models.CharField(max_length=20)),
                ("value", models.FloatField()),
                ("is_deciding", models.BooleanField(default=False)),
                ("kept_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="likenesses",
                        to="characters.image",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "likenesses",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0), ("value__lte", 1)),
                        name="likeness_is_a_fraction",
                    ),
                    models.UniqueConstraint(
                        fields=("image", "model", "version"), name="likeness_once_per_model"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deciding", True)),
                        fields=("image",),
                        name="likeness_one_decides",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Redraw",
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
                ("root_id", models.UUIDField()),
                ("n", models.PositiveSmallIntegerField()),
                ("job_id", models.UUIDField(unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="redraws",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("root_id", "n"), name="redraw_once_per_number"),
                    models.CheckConstraint(
                        condition=models.Q(("n__gte", 1), ("n__lte", 2)), name="redraw_two_at_most"
                    ),
                ],
            },
        ),
    ]

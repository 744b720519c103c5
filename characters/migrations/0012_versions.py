import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import ryla.lib.ids


class Migration(migrations.Migration):
    """Each look of a character by its number, which pictures say too. No row of a large table is
    written: the columns are a default and a null."""

    dependencies = [("characters", "0011_image_likeness_indexes")]

    operations = [
        migrations.AddField(
            model_name="character",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AddField(
            model_name="image",
            name="version",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.CreateModel(
            name="CharacterVersion",
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
                ("number", models.PositiveIntegerField()),
                ("config", models.JSONField()),
                ("seed", models.TextField()),
                ("face_id", models.UUIDField(blank=True, null=True)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("created", "Designed"),
                            ("edited", "Look changed"),
                            ("face_chosen", "Face chosen"),
                            ("restored", "Restored"),
                        ],
                        max_length=12,
                    ),
                ),
                ("restored_from", models.PositiveIntegerField(blank=True, null=True)),
                ("is_drawn", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "character",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="characters.character",
                    ),
                ),
            ],
            options={
                "verbose_name": "version",
                "constraints": (
                    models.UniqueConstraint(
                        fields=("character", "number"), name="version_once_per_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="version_counts_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("why__in", ["created", "edited", "face_chosen", "restored"])
                        ),
                        name="version_why_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("restored_from__isnull", False), ("why", "restored")),
                            models.Q(
                                models.Q(("why", "restored"), _negated=True),
                                ("restored_from", None),
                            ),
                            _connector="OR",
                        ),
                        name="version_restored_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("why", "face_chosen"), _negated=True),
                            ("face_id__isnull", False),
                            _connector="OR",
                        ),
                        name="version_chosen_has_face",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="DesignerHistory",
            fields=[
                (
                    "character",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="designer_history",
                        serialize=False,
                        to="characters.character",
                    ),
                ),
                ("past", models.JSONField(default=list)),
                ("future", models.JSONField(default=list)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={"verbose_name_plural": "designer histories"},
        ),
    ]

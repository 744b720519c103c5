from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import ryla.lib.ids
from ryla.lib.records import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("characters", "0001_initial"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ReviewDecision",
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
                ("review", models.CharField(max_length=10)),
                ("reason", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_decisions",
                        to="characters.image",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-created_at"], name="decision_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("review__in", ["removed", "visible", "withheld"])),
                        name="decision_review_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="decision_has_reason",
                    ),
                ],
            },
        ),
        append_only("characters_reviewdecision", may_be_deleted=True),
    ]

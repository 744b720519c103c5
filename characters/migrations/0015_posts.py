from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import ryla.lib.ids


class Migration(migrations.Migration):
    """Posts and the pictures in them, with what the database says of both."""

    dependencies: ClassVar = [
        ("characters", "0014_image_of_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Post",
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
                ("platform", models.CharField(max_length=30)),
                ("caption", models.CharField(blank=True, max_length=2200)),
                (
                    "hashtags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("status", models.CharField(default="draft", editable=False, max_length=10)),
                ("scheduled_at", models.DateTimeField(blank=True, null=True)),
                ("posted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "calendar_at",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            "posted_at", "scheduled_at"
                        ),
                        output_field=models.DateTimeField(null=True),
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "character",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="posts",
                        to="characters.character",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="posts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PostPicture",
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
                ("position", models.PositiveSmallIntegerField()),
                (
                    "image",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="in_posts",
                        to="characters.image",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="characters.post",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["owner", "-id"], name="post_of_owner"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["owner", "status", "-id"], name="post_by_status"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["character", "-id"], name="post_of_character"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                condition=models.Q(("calendar_at__isnull", False)),
                fields=["owner", "calendar_at", "id"],
                name="post_calendar",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "planned", "posted"])),
                name="post_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("posted_at", None), ("scheduled_at", None), ("status", "draft")),
                    models.Q(
                        ("posted_at", None), ("scheduled_at__isnull", False), ("status", "planned")
                    ),
                    models.Q(("posted_at__isnull", False), ("status", "posted")),
                    _connector="OR",
                ),
                name="post_has_the_hour_of_its_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("hashtags__len__lte", 30)), name="post_hashtags_at_most"
            ),
        ),
        migrations.AddConstraint(
            model_name="postpicture",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("post", "position"),
                name="post_picture_place_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="postpicture",
            constraint=models.UniqueConstraint(fields=("image", "post"), name="post_picture_once"),
        ),
        migrations.AddConstraint(
            model_name="postpicture",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__lt", 10)), name="post_pictures_at_most"
            ),
        ),
    ]

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The gallery by likeness: those on one side of a limit, and those never measured."""

    atomic = False
    dependencies: ClassVar = [("characters", "0010_image_likeness_is_a_fraction")]

    operations: ClassVar = [
        AddIndexConcurrently(
            "image",
            models.Index(
                fields=["owner", "likeness"],
                condition=models.Q(review="visible", binned_at=None, kind="picture"),
                name="image_by_likeness",
            ),
        ),
        AddIndexConcurrently(
            "image",
            models.Index(
                fields=["owner", "-id"],
                condition=models.Q(review="visible", binned_at=None, kind="picture", likeness=None),
                name="image_not_measured",
            ),
        ),
    ]

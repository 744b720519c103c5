from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Which pictures a look of a character has, newest first."""

    atomic = False
    dependencies: ClassVar = [("characters", "0013_first_versions")]

    operations: ClassVar = [
        AddIndexConcurrently(
            "image",
            models.Index(
                fields=["character", "version", "-id"],
                condition=models.Q(review="visible", binned_at=None),
                name="image_of_version",
            ),
        ),
    ]

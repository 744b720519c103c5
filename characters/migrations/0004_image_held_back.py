from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What is held back of an owner's pictures, which every first page of the gallery asks."""

    atomic = False
    dependencies: ClassVar = [("characters", "0003_image_faces")]

    operations: ClassVar = [
        AddIndexConcurrently(
            "image",
            models.Index(
                fields=["owner", "-id"],
                condition=models.Q(review="withheld", binned_at=None),
                name="image_held_back",
            ),
        ),
    ]

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The gallery's few faces, without walking the many pictures between them."""

    atomic = False
    dependencies: ClassVar = [("characters", "0002_review_decisions")]

    operations: ClassVar = [
        AddIndexConcurrently(
            "image",
            models.Index(
                fields=["owner", "-id"],
                condition=models.Q(review="visible", binned_at=None, kind="base_face"),
                name="image_faces",
            ),
        ),
    ]

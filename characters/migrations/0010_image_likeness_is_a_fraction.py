from typing import ClassVar

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """Noted first and looked through afterwards, each by itself: no page waits for it."""

    atomic = False
    dependencies: ClassVar = [("characters", "0009_image_likeness")]

    operations: ClassVar = [
        AddConstraintNotValid(
            "image",
            models.CheckConstraint(
                condition=models.Q(likeness=None) | models.Q(likeness__gte=0, likeness__lte=1),
                name="image_likeness_is_a_fraction",
            ),
        ),
        ValidateConstraint("image", "image_likeness_is_a_fraction"),
    ]

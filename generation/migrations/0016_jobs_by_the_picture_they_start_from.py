from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.fields.json import KT


class Migration(migrations.Migration):
    """What was made from a picture, which its page asks. Jobs say it themselves, old ones too."""

    atomic = False
    dependencies: ClassVar = [("generation", "0015_costs")]

    operations: ClassVar = [
        AddIndexConcurrently(
            "generationjob",
            models.Index(
                KT("options__image"),
                condition=models.Q(recipe__in=("inpaint", "upscale", "variation")),
                name="job_from_picture",
            ),
        ),
    ]

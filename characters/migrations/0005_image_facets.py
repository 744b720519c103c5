from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.fields.json import KT


def _facet(setting: str) -> AddIndexConcurrently:
    return AddIndexConcurrently(
        "image",
        models.Index(
            models.F("owner"),
            KT(f"settings__{setting}"),
            models.F("id").desc(),
            condition=models.Q(review="visible", binned_at=None, kind="picture"),
            name=f"image_by_{setting}",
        ),
    )


class Migration(migrations.Migration):
    """The gallery by scene, outfit and format: a page of each, and which ones occur."""

    atomic = False
    dependencies: ClassVar = [("characters", "0004_image_held_back")]

    operations: ClassVar = [_facet("scene"), _facet("outfit"), _facet("format")]

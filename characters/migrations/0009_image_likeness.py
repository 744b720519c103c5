from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """The likeness that decides, where lists of pictures can be narrowed by it."""

    dependencies: ClassVar = [("characters", "0008_albums")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="image",
            name="likeness",
            field=models.FloatField(blank=True, editable=False, null=True),
        ),
    ]

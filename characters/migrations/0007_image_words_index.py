from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """Pictures come one by one while people wait for what they search: no list beside the index."""

    atomic = False
    dependencies: ClassVar = [("characters", "0006_image_words")]

    operations: ClassVar = [
        migrations.RunSQL(
            """
            CREATE INDEX CONCURRENTLY image_words ON characters_image
            USING gin (words) WITH (fastupdate = off)
            WHERE review = 'visible' AND binned_at IS NULL
            """,
            "DROP INDEX CONCURRENTLY image_words",
        ),
    ]

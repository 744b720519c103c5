from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """What a picture is found by: its caption, and all that it was made with, in words.

    Kept by Postgres itself, so it is never stale. Its owner's id is one of the words, behind a
    space, with which nothing that people type begins: the index answers for one owner without an
    extension. Writing the column down rewrites the table once,
    which holds it for some seconds per hundred thousand pictures.
    """

    dependencies: ClassVar = [("characters", "0005_image_facets")]

    operations: ClassVar = [
        migrations.RunSQL(
            """
            ALTER TABLE characters_image ADD COLUMN words tsvector GENERATED ALWAYS AS (
                array_to_tsvector(ARRAY[' ' || owner_id::text])
                || to_tsvector('simple', caption)
                || jsonb_to_tsvector(
                    'simple', settings - '{look_seed,made_from}'::text[], '["string"]'
                )
            ) STORED
            """,
            "ALTER TABLE characters_image DROP COLUMN words",
        ),
    ]

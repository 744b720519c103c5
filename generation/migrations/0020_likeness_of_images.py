"""Pictures measured before the gallery knew of it get the likeness that decides."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import connection, migrations

_AT_ONCE = 5000
# By the key, a bite at a time: no page waits for more than one of them. What is noted already
# stays, so that it may run again.
_BITE = """
WITH bite AS (
    SELECT id, image_id, value, is_deciding FROM generation_likeness
    WHERE id > %(after)s ORDER BY id LIMIT %(size)s
), noted AS (
    UPDATE characters_image i SET likeness = bite.value FROM bite
    WHERE bite.is_deciding AND i.id = bite.image_id AND i.likeness IS NULL
)
SELECT id FROM bite ORDER BY id DESC LIMIT 1
"""


def note(apps: Any, schema_editor: Any) -> None:
    after = "00000000-0000-0000-0000-000000000000"
    with connection.cursor() as cursor:
        while after:
            cursor.execute(_BITE, {"after": after, "size": _AT_ONCE})
            row = cursor.fetchone()
            after = row[0] if row else ""


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [
        ("generation", "0019_mask_used_at"),
        ("characters", "0009_image_likeness"),
    ]
    operations: ClassVar = [migrations.RunPython(note, migrations.RunPython.noop)]

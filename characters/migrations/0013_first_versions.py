from typing import Any
from uuid import UUID

from django.db import migrations

AT_ONCE = 1000
# Rows deleted meanwhile are waited for and passed over, not tripped on.
INSERT = """
INSERT INTO characters_characterversion
    (id, character_id, number, config, seed, face_id, why, is_drawn, created_at)
SELECT gen_random_uuid(), c.id, 1, c.config - 'bio' - 'nsfw_enabled' - 'nsfwEnabled', c.seed,
    c.base_face_id, 'created',
    c.base_face_id IS NOT NULL OR c.status = 'generating'
        OR EXISTS (SELECT 1 FROM characters_image i WHERE i.character_id = c.id),
    c.created_at
FROM (
    SELECT * FROM characters_character WHERE id = ANY(%s) FOR KEY SHARE
) c
ON CONFLICT DO NOTHING
"""
NEXT = "SELECT id FROM characters_character WHERE id > %s ORDER BY id LIMIT %s"


def write_first_versions(apps: Any, schema_editor: Any) -> None:
    """A thousand at a time, each by itself; one that runs again goes on where it is missing."""
    last = UUID(int=0)
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(NEXT, [last, AT_ONCE])
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return
            cursor.execute(INSERT, [ids])
            last = ids[-1]


class Migration(migrations.Migration):
    """The look that characters have is their first. Whoever is made by the old code meanwhile gets
    a first version with the first change (`characters.versions.newest_of`)."""

    atomic = False
    dependencies = [("characters", "0012_versions")]

    operations = [migrations.RunPython(write_first_versions, migrations.RunPython.noop)]

from typing import Any, ClassVar

from django.db import migrations
from django.utils import timezone


def hide_from_those_who_are_here(apps: Any, schema_editor: Any) -> None:
    """Whoever joined before there was a guide knows the way; the help offers it to everybody."""
    users = apps.get_model("accounts", "User").objects.filter(guide_hidden_at=None)
    users.update(guide_hidden_at=timezone.now())


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0004_first_steps")]

    operations: ClassVar = [
        migrations.RunPython(hide_from_those_who_are_here, migrations.RunPython.noop)
    ]

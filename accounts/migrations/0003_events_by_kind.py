from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Finding the few kinds that are news, without reading every picture that was told."""

    atomic = False
    dependencies: ClassVar = [("accounts", "0002_records_are_final")]

    operations: ClassVar = [
        AddIndexConcurrently(
            "event",
            models.Index(fields=["user", "kind", "id"], name="event_of_user_by_kind"),
        ),
    ]

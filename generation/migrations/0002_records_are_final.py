from typing import ClassVar

from django.db import migrations

from ryla.lib.records import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("generation", "0001_initial")]

    operations: ClassVar = [
        append_only("generation_provenance", may_be_deleted=True),
        append_only("generation_moderationverdict", may_be_deleted=True),
    ]

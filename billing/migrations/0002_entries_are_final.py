from typing import ClassVar

from django.db import migrations

from ryla.lib.records import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0001_initial")]

    operations: ClassVar = [
        append_only("billing_creditentry"),
    ]

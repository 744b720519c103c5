from typing import ClassVar

from django.db import migrations

from ryla.lib.records import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0001_initial")]

    operations: ClassVar = [
        append_only("accounts_consent"),
        append_only("accounts_event", may_be_deleted=True),
    ]

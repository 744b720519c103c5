from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """With the database's own default, for the code that still runs."""

    dependencies: ClassVar = [("accounts", "0006_mails_on_their_way")]

    operations: ClassVar = [
        migrations.AddField(
            "user",
            "timezone",
            models.CharField(
                db_default="UTC", default="UTC", max_length=64, verbose_name="time zone"
            ),
        ),
    ]

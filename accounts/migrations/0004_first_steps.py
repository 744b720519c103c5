from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """What the first steps remember; code from before leaves both empty."""

    dependencies: ClassVar = [("accounts", "0003_events_by_kind")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="user",
            name="first_download_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="guide_hidden_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]

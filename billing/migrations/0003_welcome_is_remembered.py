from typing import ClassVar

from django.db import migrations, models

from ryla.lib.records import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0002_entries_are_final"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Welcome",
            fields=[
                (
                    "mailbox_hash",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("created_on", models.DateField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["-created_on"], name="welcome_newest")],
            },
        ),
        append_only("billing_welcome"),
    ]

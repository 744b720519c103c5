from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A verdict keeps the id of its character when that is deleted: no key that would take the
    row along, and no nulling, which the trigger of 0002 would refuse as a rewrite."""

    dependencies: ClassVar = [("generation", "0003_free_draws_and_delivered_positions")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="moderationverdict",
            name="character",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="moderation_verdicts",
                to="characters.character",
            ),
        ),
    ]

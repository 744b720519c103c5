from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from ryla.lib.records import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0003_welcome_is_remembered"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CreditLot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("granted", "Granted"), ("bought", "Bought")], max_length=10
                    ),
                ),
                ("credits", models.BigIntegerField()),
                ("remaining", models.BigIntegerField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("key", models.CharField(max_length=120, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="billing.creditaccount",
                    ),
                ),
                (
                    "grace_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="graces",
                        to="billing.creditlot",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["account"], condition=Q(remaining__gt=0), name="credit_lot_held"
                    ),
                    models.Index(
                        fields=["expires_at"],
                        condition=Q(remaining__gt=0, expires_at__isnull=False),
                        name="credit_lot_due",
                    ),
                    models.Index(fields=["-created_at"], name="credit_lot_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(remaining__gte=0) & Q(remaining__lte=F("credits")),
                        name="credit_lot_holds_no_more_than_came_in",
                    ),
                    models.CheckConstraint(
                        condition=Q(credits__gt=0), name="credit_lot_is_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="granted") | Q(kind="bought", expires_at=None),
                        name="credit_lot_bought_never_expires",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditEntryLot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("amount", models.BigIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="billing.creditentry",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="billing.creditlot",
                    ),
                ),
                (
                    "of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned",
                        to="billing.creditentrylot",
                    ),
                ),
            ],
            options={
                "verbose_name": "credit movement",
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(amount=0), name="credit_movement_moves_something"
                    ),
                    models.UniqueConstraint(
                        fields=["entry", "lot"], name="credit_movement_once_per_lot"
                    ),
                    models.CheckConstraint(
                        condition=Q(of=None) | Q(amount__gt=0), name="credit_movement_gives_back"
                    ),
                ],
            },
        ),
        append_only("billing_creditentrylot"),
    ]

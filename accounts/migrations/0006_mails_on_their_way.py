"""Mails about events, from the event until they are sent, and which of them somebody wants."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_guide_is_for_newcomers"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailSwitch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=30)),
                ("is_on", models.BooleanField()),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mail_switches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "kind"), name="mail_switch_once_per_kind"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=30)),
                ("key", models.CharField(max_length=120, unique=True)),
                ("event_id", models.BigIntegerField()),
                ("told", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=60)),
                ("data", models.JSONField(default=dict)),
                ("status", models.CharField(default="waiting", editable=False, max_length=8)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "why",
                    models.CharField(blank=True, max_length=40, verbose_name="why it was not sent"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outgoing_mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "waiting")),
                        fields=["due_at"],
                        name="outgoing_mail_due",
                    ),
                    models.Index(fields=["user", "-id"], name="outgoing_mail_of_user"),
                    models.Index(fields=["-created_at"], name="outgoing_mail_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["dropped", "failed", "sent", "waiting"])
                        ),
                        name="outgoing_mail_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("status", "waiting")),
                            models.Q(
                                models.Q(("status", "waiting"), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="outgoing_mail_ends_once",
                    ),
                ],
            },
        ),
    ]

"""Credits and subscriptions. Money rows are protected and never rewritten."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.states import LIVE, SUBSCRIPTION_TRANSITIONS, SubscriptionStatus
from ryla.lib.ids import new_id
from ryla.lib.records import Record
from ryla.lib.states import status_check


class CreditAccount(models.Model):
    """`balance` is the cached sum of the entries, and of what is left in the lots: a trigger
    refuses every transaction after which it is not. Only `billing.ledger` writes it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credit_account"
    )
    balance = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(balance__gte=0), name="credit_balance_not_negative"),
        )
        indexes = (models.Index(fields=["-created_at"], name="credit_account_newest"),)

    def __str__(self) -> str:
        return f"Credits of {self.user_id}"


class CreditEntry(Record):
    """One movement of credits. `key` is a sentence that can be true only once:
    `job:<id>:charge`, `job:<id>:refund`, `user:<id>:welcome`."""

    class Kind(models.TextChoices):
        GRANT = "grant", "Granted"
        CHARGE = "charge", "Charged"
        REFUND = "refund", "Refunded"
        EXPIRE = "expire", "Expired"
        ADJUST = "adjust", "Adjusted"

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="entries")
    amount = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=120, unique=True)
    reference = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "credit entries"
        constraints = (
            models.CheckConstraint(condition=~Q(amount=0), name="credit_entry_moves_something"),
            models.CheckConstraint(
                condition=Q(kind__in=["grant", "refund"], amount__gt=0)
                | Q(kind__in=["charge", "expire"], amount__lt=0)
                | Q(kind="adjust"),
                name="credit_entry_sign_fits_kind",
            ),
        )
        indexes = (
            models.Index(fields=["account", "-id"], name="credit_entry_statement"),
            models.Index(fields=["-created_at"], name="credit_entry_newest"),
        )

    def __str__(self) -> str:
        return f"{self.amount:+d} {self.key}"


class LotQuerySet(models.QuerySet["CreditLot"]):
    def held(self) -> LotQuerySet:
        """Those that still make up the balance."""
        return self.filter(remaining__gt=0)

    def expiring(self, until: datetime) -> LotQuerySet:
        """Held ones that can be spent now and not after `until`."""
        return self.held().filter(expires_at__gt=timezone.now(), expires_at__lte=until)

    def due(self) -> LotQuerySet:
        """Past their time and not yet swept: they can no longer be spent."""
        return self.held().filter(expires_at__lte=timezone.now())


class CreditLot(models.Model):
    """Credits that came in together and expire together, if ever; only `billing.ledger` writes
    `remaining`, and a trigger keeps everybody from changing the rest.

    `key` is that of the entry that brought it in. With `grace_of` it holds what a refund gave
    back to a lot whose time was over, for a short while more.
    """

    class Kind(models.TextChoices):
        GRANTED = "granted", "Granted"
        BOUGHT = "bought", "Bought"

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="lots")
    kind = models.CharField(max_length=10, choices=Kind)
    credits = models.BigIntegerField()
    remaining = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True, blank=True)
    grace_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="graces"
    )
    key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LotQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(remaining__gte=0) & Q(remaining__lte=models.F("credits")),
                name="credit_lot_holds_no_more_than_came_in",
            ),
            models.CheckConstraint(condition=Q(credits__gt=0), name="credit_lot_is_not_empty"),
            models.CheckConstraint(
                condition=Q(kind="granted") | Q(kind="bought", expires_at=None),
                name="credit_lot_bought_never_expires",
            ),
        )
        indexes = (
            models.Index(fields=["account"], condition=Q(remaining__gt=0), name="credit_lot_held"),
            models.Index(
                fields=["expires_at"],
                condition=Q(remaining__gt=0, expires_at__isnull=False),
                name="credit_lot_due",
            ),
            models.Index(fields=["-created_at"], name="credit_lot_newest"),
        )

    def __str__(self) -> str:
        return f"{self.remaining:,} of {self.credits:,} {self.kind}"


class CreditEntryLot(Record):
    """What one entry put into one lot, or took from it; an entry's rows sum to its amount.

    `of` is, for a refund, the charge's row that it gives back.
    """

    id = models.BigAutoField(primary_key=True)
    # Indexed by the constraint below.
    entry = models.ForeignKey(
        CreditEntry, on_delete=models.PROTECT, related_name="movements", db_index=False
    )
    lot = models.ForeignKey(CreditLot, on_delete=models.PROTECT, related_name="movements")
    amount = models.BigIntegerField()
    of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="returned"
    )

    class Meta:
        verbose_name = "credit movement"
        constraints = (
            models.CheckConstraint(condition=~Q(amount=0), name="credit_movement_moves_something"),
            models.UniqueConstraint(fields=["entry", "lot"], name="credit_movement_once_per_lot"),
            models.CheckConstraint(
                condition=Q(of=None) | Q(amount__gt=0), name="credit_movement_gives_back"
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount:+d} lot {self.lot_id}"


class Welcome(Record):
    """That a mailbox had its welcome (see `billing.welcome`): a keyed hash and the day, neither
    of which leads back to an account."""

    mailbox_hash = models.CharField(primary_key=True, max_length=64)
    created_on = models.DateField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=["-created_on"], name="welcome_newest"),)

    def __str__(self) -> str:
        return self.mailbox_hash[:8]


class Subscription(models.Model):
    """A plan somebody is on, with the terms it was sold at. Users without one are on Free."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="subscriptions"
    )
    plan = models.CharField(max_length=20)
    interval = models.CharField(max_length=5, choices=[("month", "Month"), ("year", "Year")])
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12, default=SubscriptionStatus.INCOMPLETE, editable=False)
    is_cancel_at_period_end = models.BooleanField(default=False)
    period_start_at = models.DateTimeField(null=True, blank=True)
    period_end_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            status_check(
                SUBSCRIPTION_TRANSITIONS, name="subscription_status_known", initial="incomplete"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(status__in=LIVE), name="subscription_one_live"
            ),
            models.CheckConstraint(
                condition=Q(interval__in=["month", "year"]), name="subscription_interval_known"
            ),
            models.CheckConstraint(
                condition=Q(period_start_at=None)
                | Q(period_end_at__gt=models.F("period_start_at")),
                name="subscription_period_forward",
            ),
        )
        indexes = (
            models.Index(fields=["status", "period_end_at"], name="subscription_due"),
            models.Index(fields=["-created_at"], name="subscription_newest"),
        )

    def __str__(self) -> str:
        return f"{self.plan} ({self.status})"

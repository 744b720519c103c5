"""People, what they agreed to, what they were told, and where they are signed in."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.states import MAIL_TRANSITIONS, MailStatus
from ryla.lib.ids import new_id
from ryla.lib.records import Record
from ryla.lib.states import status_check
from ryla.lib.zones import find_zone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(
            email,
            password,
            **{
                "is_staff": True,
                "is_superuser": True,
                "email_verified_at": timezone.now(),
                **fields,
            },
        )

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=self.normalize_email(username))

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Whole address in lower case: no mailbox in use tells cases apart, and people do not."""
        return (email or "").strip().lower()


class User(AbstractBaseUser, PermissionsMixin):
    """Signs in by e-mail. `session_epoch` is in every session and token: raising it ends all."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField("e-mail address", max_length=254, unique=True)
    display_name = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    events_read_id = models.BigIntegerField(default=0, editable=False)
    # Days and hours are shown and typed in it. The database has the default too, for the code
    # that still runs while this column comes.
    timezone = models.CharField("time zone", max_length=64, default="UTC", db_default="UTC")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The first steps (characters.guide): one of them is a download, of which no row is left.
    first_download_at = models.DateTimeField(null=True, blank=True, editable=False)
    guide_hidden_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(is_active=False),
                name="user_closed_is_inactive",
            ),
        )
        indexes = (models.Index(fields=["-created_at"], name="user_newest"),)

    def __str__(self) -> str:
        return self.email

    @property
    def short_name(self) -> str:
        return self.display_name or self.email.split("@")[0]

    @property
    def zone(self) -> ZoneInfo:
        return find_zone(self.timezone)

    @property
    def is_email_verified(self) -> bool:
        return self.email_verified_at is not None

    def get_session_auth_hash(self) -> str:
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Any:
        from django.conf import settings  # noqa: PLC0415 (late: rotated keys)

        for key in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret=key)

    def _session_hash(self, secret: str | bytes | None = None) -> str:
        return salted_hmac(
            "accounts.User.session",
            f"{self.password}:{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class Consent(Record):
    """What a person agreed to: which text, which version, when, from where."""

    class Kind(models.TextChoices):
        TERMS = "terms", "Terms of use"
        ADULT = "adult", "Is 18 or older"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=Kind)
    version = models.CharField(max_length=20)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "kind", "version"], name="consent_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["terms", "adult"]), name="consent_kind_known"
            ),
        )
        indexes = (models.Index(fields=["-created_at"], name="consent_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class Event(Record):
    """Something a person is told. Ids of one user rise in the order of commit (see `events`)."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(fields=["user", "id"], name="event_of_user"),
            models.Index(fields=["user", "kind", "id"], name="event_of_user_by_kind"),
            models.Index(fields=["created_at"], name="event_age"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class MailSwitch(models.Model):
    """Whether a person wants mails of a kind. Without a row they get them."""

    id = models.BigAutoField(primary_key=True)
    # Indexed by the constraint below.
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="mail_switches", db_index=False
    )
    kind = models.CharField(max_length=30)
    is_on = models.BooleanField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "kind"], name="mail_switch_once_per_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {'on' if self.is_on else 'off'}"


class OutgoingMail(models.Model):
    """A mail about an event, from the transaction that told it until it is sent or not needed.

    `key` is a sentence that can be true only once. `told`, `subject` and `data` are the event's,
    which itself is forgotten sooner or later; `event_id` orders it against what was read.
    """

    id = models.BigAutoField(primary_key=True)
    # Indexed together with the id below.
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="outgoing_mails", db_index=False
    )
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120, unique=True)
    event_id = models.BigIntegerField()
    told = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    status = models.CharField(max_length=8, default=MailStatus.WAITING, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField("why it was not sent", max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            status_check(
                MAIL_TRANSITIONS, name="outgoing_mail_status_known", initial=MailStatus.WAITING
            ),
            models.CheckConstraint(
                condition=models.Q(status="waiting", ended_at=None)
                | (~models.Q(status="waiting") & models.Q(ended_at__isnull=False)),
                name="outgoing_mail_ends_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"], condition=models.Q(status="waiting"), name="outgoing_mail_due"
            ),
            models.Index(fields=["user", "-id"], name="outgoing_mail_of_user"),
            models.Index(fields=["-created_at"], name="outgoing_mail_newest"),
        )

    def __str__(self) -> str:
        return f"{self.kind} ({self.status})"


class SessionManager(BaseSessionManager["Session"]):
    pass


class Session(AbstractBaseSession):
    """A signed-in browser, with what its owner needs to recognise it."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="sessions"
    )
    user_agent = models.CharField(max_length=300, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[SessionManager] = SessionManager()  # type: ignore[misc] # (the base's own way)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        indexes = (models.Index(fields=["user", "-seen_at"], name="session_of_user"),)

    @classmethod
    def get_session_store_class(cls) -> Any:
        from accounts.sessions import SessionStore  # noqa: PLC0415 (the store names this model)

        return SessionStore


class LocalMail(models.Model):
    """A mail this machine would have sent; written by the mailbox backend of local mode only."""

    id = models.BigAutoField(primary_key=True)
    to = models.CharField(max_length=500)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.subject

"""Jobs, where an image came from, and what moderation decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from characters.models import Character, Image
from generation.states import JOB_TRANSITIONS, LIVE, JobStatus
from ryla.lib.ids import new_id
from ryla.lib.records import Record
from ryla.lib.states import status_check

if TYPE_CHECKING:
    from accounts.models import User


class JobQuerySet(models.QuerySet["GenerationJob"]):
    def owned_by(self, user: User) -> JobQuerySet:
        return self.filter(owner_id=user.pk)

    def live(self) -> JobQuerySet:
        return self.filter(status__in=LIVE)


class GenerationJob(models.Model):
    """A paid request for pictures of one character.

    `options` is what was asked; `requests` is the list of exact provider requests made of
    it, one per picture, so a repeat sends the same thing. `tickets` and `failures` map a
    position (as text) to what the provider said. A worker holds a running job by `lease_id`
    until `lease_expires_at`; `next_check_at` is when it has something to do again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="generation_jobs"
    )
    character = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="generation_jobs"
    )
    recipe = models.CharField(max_length=20)
    provider = models.CharField(max_length=30)
    status = models.CharField(max_length=12, default=JobStatus.QUEUED, editable=False)
    request_key = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)
    options = models.JSONField(default=dict)
    requests = models.JSONField(default=list)
    count = models.PositiveSmallIntegerField()
    delivered_count = models.PositiveSmallIntegerField(default=0)
    credits_charged = models.PositiveIntegerField(default=0)
    credits_refunded = models.PositiveIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0)
    delivered_positions = models.JSONField(default=list)
    tickets = models.JSONField(default=dict)
    failures = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_id = models.UUIDField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    enqueued_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    # Whether this very object answers a request that was made before; not stored.
    is_repeat: bool = False

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "job"
        constraints = (
            status_check(JOB_TRANSITIONS, name="job_status_known", initial="queued"),
            models.UniqueConstraint(
                fields=["owner", "request_key"], name="job_once_per_request_key"
            ),
            models.CheckConstraint(
                condition=Q(
                    status="running", lease_expires_at__isnull=False, lease_id__isnull=False
                )
                | (~Q(status="running") & Q(lease_expires_at=None, lease_id=None)),
                name="job_lease_iff_running",
            ),
            models.CheckConstraint(
                condition=Q(delivered_count__lte=models.F("count")) & Q(count__gt=0),
                name="job_delivers_what_was_asked",
            ),
            models.CheckConstraint(
                condition=Q(credits_refunded__lte=models.F("credits_charged")),
                name="job_refund_within_charge",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LIVE, finished_at=None)
                | (~Q(status__in=LIVE) & Q(finished_at__isnull=False)),
                name="job_finished_iff_ended",
            ),
        )
        indexes = (
            models.Index(fields=["owner", "-id"], name="job_of_owner"),
            models.Index(fields=["character", "-id"], name="job_of_character"),
            models.Index(
                fields=["next_check_at"], condition=Q(status__in=LIVE), name="job_live_next_check"
            ),
            models.Index(
                fields=["lease_expires_at"], condition=Q(status="running"), name="job_live_lease"
            ),
            models.Index(fields=["owner"], condition=Q(status__in=LIVE), name="job_live_of_owner"),
            models.Index(fields=["status", "-created_at"], name="job_by_status"),
        )

    def __str__(self) -> str:
        return f"{self.recipe} {str(self.pk)[-8:]}"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def missing_count(self) -> int:
        return self.count - self.delivered_count

    @property
    def credits_kept(self) -> int:
        return self.credits_charged - self.credits_refunded


class FreeDraw(models.Model):
    """That an owner had the free faces of a character. Outlives the character and its jobs, so
    that deleting them gives no draw back; goes when the job delivered nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="free_draws"
    )
    character_id = models.UUIDField()
    job_id = models.UUIDField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "character_id"], name="free_draw_once_per_character"
            ),
        )

    def __str__(self) -> str:
        return f"Free draw {str(self.pk)[-8:]}"


class Provenance(Record):
    """Where one image came from, written once, with the image."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    image = models.OneToOneField(Image, on_delete=models.CASCADE, related_name="provenance")
    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, related_name="provenances")
    recipe = models.CharField(max_length=20)
    provider = models.CharField(max_length=30)
    external_id = models.CharField(max_length=120)
    model = models.CharField(max_length=60)
    model_version = models.CharField(max_length=40)
    digital_source_type = models.CharField(max_length=120)
    prompt = models.TextField(blank=True)
    seed = models.BigIntegerField()
    parameters = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "provenance"
        constraints = (
            models.UniqueConstraint(
                fields=["provider", "external_id"], name="provenance_output_once"
            ),
        )
        indexes = (models.Index(fields=["-created_at"], name="provenance_newest"),)

    def __str__(self) -> str:
        return f"{self.provider} {self.model} {self.model_version}"


class ModerationVerdict(Record):
    """What a moderator decided about a text before anything was charged.

    Outlives its character: `character_id` stays as it was written, without a key in the
    database, so `character` may be nobody any more. Goes only with its owner's row.
    """

    class Decision(models.TextChoices):
        ALLOW = "allow", "Allowed"
        REVIEW = "review", "To be looked at"
        BLOCK = "block", "Blocked"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="moderation_verdicts"
    )
    # Null is never written; it makes lists join from the left, so that orphans stay in them.
    character = models.ForeignKey(
        Character,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="moderation_verdicts",
    )
    stage = models.CharField(max_length=20)
    decision = models.CharField(max_length=10, choices=Decision)
    reasons = models.JSONField(default=list)
    moderator = models.CharField(max_length=30)
    version = models.CharField(max_length=20)
    text_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(decision__in=["allow", "review", "block"]),
                name="verdict_decision_known",
            ),
        )
        indexes = (models.Index(fields=["decision", "-created_at"], name="verdict_by_decision"),)

    def __str__(self) -> str:
        return f"{self.decision} by {self.moderator}"

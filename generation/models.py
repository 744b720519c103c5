"""Jobs, where an image came from, and what moderation decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.utils import timezone

from characters.models import Character, Image
from generation.states import (
    IN_FLIGHT,
    ITEM_LIVE,
    ITEM_TRANSITIONS,
    JOB_TRANSITIONS,
    LIVE,
    ItemStatus,
    JobStatus,
)
from ryla.lib.ids import new_id
from ryla.lib.records import Record
from ryla.lib.states import status_check

if TYPE_CHECKING:
    from accounts.models import User


# Recipes whose `options["image"]` is the picture they start from.
FROM_PICTURE = ("inpaint", "upscale", "variation")


class JobQuerySet(models.QuerySet["GenerationJob"]):
    def owned_by(self, user: User) -> JobQuerySet:
        return self.filter(owner_id=user.pk)

    def made_from(self, image: Image) -> JobQuerySet:
        """Found through the index `job_from_picture`."""
        rows = self.alias(source=KT("options__image"))
        return rows.filter(recipe__in=FROM_PICTURE, source=str(image.pk))

    def live(self) -> JobQuerySet:
        return self.filter(status__in=LIVE)


class GenerationJob(models.Model):
    """A paid request for pictures of one character: `count` items, one per picture.

    `options` is what was asked. Its status follows from its items and is only moved with the
    row locked; the refund of what was not delivered is part of its last move. `provider` is the
    one that was quoted, `substitutes` those the quote named besides, in order; which of them has
    a picture, its item says. `cost_minor` is what the delivered pictures cost the operator, in
    euro cents; null where no provider says so.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="generation_jobs"
    )
    character = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="generation_jobs"
    )
    recipe = models.CharField(max_length=20)
    # The look it was asked for with; null where that was before looks had numbers.
    version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    provider = models.CharField(max_length=30)
    substitutes = models.JSONField(null=True, blank=True, editable=False)
    status = models.CharField(max_length=12, default=JobStatus.QUEUED, editable=False)
    request_key = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)
    options = models.JSONField(default=dict)
    count = models.PositiveSmallIntegerField()
    delivered_count = models.PositiveSmallIntegerField(default=0)
    credits_charged = models.PositiveIntegerField(default=0)
    credits_refunded = models.PositiveIntegerField(default=0)
    cost_minor = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    # From asking to the last picture, as it was told to the owner; null where nothing was.
    promised_low_s = models.PositiveIntegerField(null=True, blank=True, editable=False)
    promised_high_s = models.PositiveIntegerField(null=True, blank=True, editable=False)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # When its owner first looked at how it ended.
    seen_at = models.DateTimeField(null=True, blank=True, editable=False)
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
            models.Index(fields=["owner"], condition=Q(status__in=LIVE), name="job_live_of_owner"),
            models.Index(fields=["status", "-created_at"], name="job_by_status"),
            models.Index(
                fields=["id"],
                condition=Q(status__in=LIVE, substitutes__isnull=False),
                name="job_movable",
            ),
            models.Index(
                KT("options__image"),
                condition=Q(recipe__in=FROM_PICTURE),
                name="job_from_picture",
            ),
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


class JobItem(models.Model):
    """One picture of a job, and where it is.

    `request` is the exact provider request, so a repeat sends the same thing; its `id` is our
    name for it at the provider. A worker holds it by `lease_id` until `lease_expires_at`;
    `next_check_at` is when there is something to do again (a queued item that has one is
    backing off). `submit_started_at` without a `ticket` means that the provider may have it
    without our knowing; `is_bound`, that this provider had it, or may have had it, at any time,
    so that no other is asked. The `…_at` from `created_at` to `finished_at` are its timeline.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, related_name="items")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="job_items"
    )
    provider = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, default=ItemStatus.QUEUED, editable=False)
    request = models.JSONField()
    ticket = models.JSONField(null=True, blank=True)
    is_bound = models.BooleanField(default=False, db_default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0)
    lease_id = models.UUIDField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    enqueued_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    submit_started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    first_progress_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "item"
        constraints = (
            status_check(ITEM_TRANSITIONS, name="item_status_known", initial="queued"),
            models.UniqueConstraint(fields=["job", "position"], name="item_once_per_position"),
            models.CheckConstraint(
                condition=Q(lease_id=None, lease_expires_at=None)
                | Q(
                    lease_id__isnull=False,
                    lease_expires_at__isnull=False,
                    status__in=IN_FLIGHT,
                ),
                name="item_lease_while_in_flight",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ITEM_LIVE, finished_at=None)
                | (~Q(status__in=ITEM_LIVE) & Q(finished_at__isnull=False)),
                name="item_finished_iff_ended",
            ),
        )
        indexes = (
            # An owner's next one: `generation.fair_share` reads its first row.
            models.Index(
                fields=["provider", "owner", "id"],
                condition=Q(status="queued", next_check_at=None),
                name="item_ready",
            ),
            models.Index(
                fields=["provider"], condition=Q(status__in=IN_FLIGHT), name="item_in_flight"
            ),
            models.Index(
                fields=["next_check_at"],
                condition=Q(status__in=ITEM_LIVE, next_check_at__isnull=False),
                name="item_next_check",
            ),
            models.Index(
                fields=["lease_expires_at"],
                condition=Q(lease_expires_at__isnull=False),
                name="item_lease",
            ),
            models.Index(
                fields=["provider", "-finished_at"],
                condition=Q(status="succeeded"),
                name="item_recent_by_provider",
            ),
        )

    def __str__(self) -> str:
        return f"{self.position} of {str(self.job_id)[-8:]}"

    @property
    def is_live(self) -> bool:
        return self.status in ITEM_LIVE


class HeldPicture(models.Model):
    """What a provider answered that has it no more: kept from the answer until it is imported, so
    that a crash or a store that refuses for a while costs nobody a picture. `origin` is the rest
    of `providers.base.Finished`. Goes when its item ends."""

    item = models.OneToOneField(
        JobItem, on_delete=models.CASCADE, primary_key=True, related_name="held_picture"
    )
    content = models.BinaryField()
    content_type = models.CharField(max_length=40)
    origin = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Held picture of {self.item_id}"


class Mask(models.Model):
    """Which part of a picture is to be changed: a PNG of its size, white where."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="masks"
    )
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="masks")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(default=timezone.now)  # painted, again too

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["image", "sha256"], name="mask_once_per_image"),
        )

    def __str__(self) -> str:
        return f"Mask {str(self.pk)[-8:]}"


class OwnerQueue(models.Model):
    """An owner's turn at one provider: the fair share's memory.

    `waiting` and `in_flight` count items and are kept by a trigger on the item table, so they
    cannot drift; `virtual_time` rises with every claim by 1/`weight`, and the lowest is next.
    `cap` is how many may be in flight at once. Only `generation.fair_share` writes here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="generation_queues"
    )
    provider = models.CharField(max_length=30)
    weight = models.PositiveSmallIntegerField(default=1)
    cap = models.PositiveSmallIntegerField(default=1)
    waiting = models.PositiveIntegerField(default=0)
    in_flight = models.PositiveIntegerField(default=0)
    virtual_time = models.BigIntegerField(default=0)
    is_paused = models.BooleanField(default=False)

    class Meta:
        verbose_name = "owner's queue"
        constraints = (
            models.UniqueConstraint(fields=["owner", "provider"], name="queue_once_per_owner"),
            models.CheckConstraint(
                condition=Q(weight__gt=0) & Q(cap__gt=0), name="queue_has_a_share"
            ),
        )
        indexes = (
            models.Index(
                fields=["provider", "virtual_time"],
                condition=Q(waiting__gt=0, is_paused=False, in_flight__lt=models.F("cap")),
                name="queue_next",
            ),
            models.Index(
                fields=["provider", "virtual_time"],
                condition=Q(waiting__gt=0),
                name="queue_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.waiting} waiting at {self.provider}"


class ProviderLane(models.Model):
    """What everybody shares of one provider: the clock of the fair share, whether it is paused,
    its circuit breaker and its pace. Claims of one provider take turns by locking this row.

    `submits_left` is a bucket of tokens as it was at `submits_counted_at`, for providers with a
    rate of their own; until `slowed_until` the provider asked for nothing more.
    """

    provider = models.CharField(primary_key=True, max_length=30)
    virtual_time = models.BigIntegerField(default=0)
    is_paused = models.BooleanField(default=False)
    paused_reason = models.CharField(max_length=200, blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    closed_until = models.DateTimeField(null=True, blank=True)
    submits_left = models.FloatField(null=True, blank=True)
    submits_counted_at = models.DateTimeField(null=True, blank=True)
    slowed_until = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "provider lane"

    def __str__(self) -> str:
        return self.provider


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
    """Where one image came from, written once, with the image. `cost_minor` is what its provider
    took for it, in euro cents, null where that is not known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    image = models.OneToOneField(Image, on_delete=models.CASCADE, related_name="provenance")
    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, related_name="provenances")
    recipe = models.CharField(max_length=20)
    provider = models.CharField(max_length=30)
    external_id = models.CharField(max_length=120)
    output_index = models.PositiveSmallIntegerField(default=0)
    model = models.CharField(max_length=60)
    model_version = models.CharField(max_length=40)
    digital_source_type = models.CharField(max_length=120)
    prompt = models.TextField(blank=True)
    seed = models.BigIntegerField()
    parameters = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    cost_minor = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "provenance"
        constraints = (
            models.UniqueConstraint(
                fields=["provider", "external_id", "output_index"], name="provenance_output_once"
            ),
            models.UniqueConstraint(fields=["job", "sha256"], name="provenance_content_once"),
        )
        indexes = (models.Index(fields=["-created_at"], name="provenance_newest"),)

    def __str__(self) -> str:
        return f"{self.provider} {self.model} {self.model_version}"


class Likeness(models.Model):
    """How much a picture's face is like its character's base face, as one scorer saw it when the
    picture came. `is_deciding` marks the one that counts. `kept_at` is when the owner said that
    the picture is good as it is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="likenesses")
    face_id = models.UUIDField()
    model = models.CharField(max_length=30)
    version = models.CharField(max_length=20)
    value = models.FloatField()
    is_deciding = models.BooleanField(default=False)
    kept_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "likenesses"
        constraints = (
            models.CheckConstraint(
                condition=Q(value__gte=0) & Q(value__lte=1), name="likeness_is_a_fraction"
            ),
            models.UniqueConstraint(
                fields=["image", "model", "version"], name="likeness_once_per_model"
            ),
            models.UniqueConstraint(
                fields=["image"], condition=Q(is_deciding=True), name="likeness_one_decides"
            ),
        )

    def __str__(self) -> str:
        return f"{self.value:.2f} by {self.model} {self.version}"


class LikenessThreshold(models.Model):
    """Below it pictures of a character need its owner's look; without a row the setting holds."""

    character = models.OneToOneField(
        Character, on_delete=models.CASCADE, primary_key=True, related_name="likeness_threshold"
    )
    value = models.FloatField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(value__gte=0) & Q(value__lte=1), name="threshold_is_a_fraction"
            ),
        )

    def __str__(self) -> str:
        return f"{self.value:.2f}"


class Redraw(models.Model):
    """A free second or third try at a picture that is not like the face. All tries count for the
    picture that was paid for, `root_id`; like FreeDraw it outlives what it names. Goes when its
    job failed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="redraws"
    )
    root_id = models.UUIDField()
    n = models.PositiveSmallIntegerField()
    job_id = models.UUIDField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["root_id", "n"], name="redraw_once_per_number"),
            models.CheckConstraint(condition=Q(n__gte=1) & Q(n__lte=2), name="redraw_two_at_most"),
        )

    def __str__(self) -> str:
        return f"Redraw {self.n} of {str(self.root_id)[-8:]}"


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


class FavouriteOption(models.Model):
    """A person's star on one option of the studio: it comes first there, with every character."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourite_options"
    )
    field = models.CharField(max_length=20)
    slug = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "field", "slug"], name="favourite_option_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.field}: {self.slug}"


class StudioTemplate(models.Model):
    """What a form of the studio said, under a name: a start for the next request, with any
    character. `options` are those of the recipe, without what belongs to one character."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="studio_templates"
    )
    name = models.CharField(max_length=60)
    recipe = models.CharField(max_length=20)
    options = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["owner", "name"], name="studio_template_once"),
            models.CheckConstraint(
                condition=Q(recipe__in=["studio", "grid"]), name="studio_template_recipe_known"
            ),
        )

    def __str__(self) -> str:
        return self.name

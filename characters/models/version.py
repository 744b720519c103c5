"""Each look a character had, and the way back through the choices of its designer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from characters.config import CharacterConfig
from characters.models.character import Character
from ryla.lib.ids import new_id


class CharacterVersion(models.Model):
    """A look of a character: its choices, its seed and its face, numbered from 1.

    The one with the character's own `version` is what holds now. Once something was asked for
    from it (`is_drawn`) it is never changed again. `config` is the character's without what is no
    part of the look (name, bio). `face_id` is a bare id, as a face may be erased.
    """

    class Why(models.TextChoices):
        CREATED = "created", "Designed"
        EDITED = "edited", "Look changed"
        FACE_CHOSEN = "face_chosen", "Face chosen"
        RESTORED = "restored", "Restored"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    character = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField()
    config = models.JSONField()
    seed = models.TextField()
    face_id = models.UUIDField(null=True, blank=True)
    why = models.CharField(max_length=12, choices=Why)
    restored_from = models.PositiveIntegerField(null=True, blank=True)
    is_drawn = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "version"
        constraints = (
            models.UniqueConstraint(fields=["character", "number"], name="version_once_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_counts_from_one"),
            models.CheckConstraint(
                condition=Q(why__in=["created", "edited", "face_chosen", "restored"]),
                name="version_why_known",
            ),
            models.CheckConstraint(
                condition=Q(why="restored", restored_from__isnull=False)
                | (~Q(why="restored") & Q(restored_from=None)),
                name="version_restored_from_one",
            ),
            models.CheckConstraint(
                condition=~Q(why="face_chosen") | Q(face_id__isnull=False),
                name="version_chosen_has_face",
            ),
        )

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def look(self) -> CharacterConfig:
        return CharacterConfig.from_json(self.config)


class DesignerHistory(models.Model):
    """What undo and redo bring back, newest last: of each step the answers it replaced, as
    `{"was": {field: answer}, "is_typed": bool}`. Bounded by `characters.history`."""

    character = models.OneToOneField(
        Character, on_delete=models.CASCADE, primary_key=True, related_name="designer_history"
    )
    past = models.JSONField(default=list)
    future = models.JSONField(default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "designer histories"

    def __str__(self) -> str:
        return f"{len(self.past)} back, {len(self.future)} forth"

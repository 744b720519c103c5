"""A character and its owner-scoped queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from characters.catalogue import CATALOGUES
from characters.config import CharacterConfig
from characters.states import CHARACTER_TRANSITIONS, CharacterStatus
from ryla.lib.ids import new_id
from ryla.lib.states import status_check

if TYPE_CHECKING:
    from accounts.models import User

_AGES = sorted({o.slug for c in CATALOGUES.values() for o in c["age_range"].options})


def new_seed() -> str:
    return str(new_id())


class CharacterQuerySet(models.QuerySet["Character"]):
    def owned_by(self, user: User) -> CharacterQuerySet:
        return self.filter(owner_id=user.pk)

    def with_look(self, **choices: Any) -> CharacterQuerySet:
        """Characters whose config has all these choices, e.g. `archetype="luxury",
        hair_style="long"`. Uses the GIN index `character_config` (see docs/queries.md)."""
        return self.filter(config__contains=choices)


class Character(models.Model):
    """A persona with a fixed look, identity and voice.

    `seed` is what makes this person this person beside the look; picking a base face sets
    it. `ready` means a base face is chosen.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="characters"
    )
    name = models.CharField(max_length=100, blank=True)
    handle = models.CharField(max_length=30, blank=True)
    config = models.JSONField()
    seed = models.TextField(default=new_seed)
    status = models.CharField(max_length=12, default=CharacterStatus.DRAFT, editable=False)
    generation_error = models.CharField(max_length=300, blank=True, editable=False)
    base_face = models.ForeignKey(
        "characters.Image", on_delete=models.RESTRICT, null=True, blank=True, related_name="+"
    )
    # The number of the look that holds now; only `characters.versions` writes it.
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    # The designer's screen to resume at; empty once the character left the designer.
    designer_step = models.CharField(max_length=12, blank=True, default="look")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CharacterQuerySet.as_manager()

    class Meta:
        constraints = (
            status_check(CHARACTER_TRANSITIONS, name="character_status_known", initial="draft"),
            models.UniqueConstraint(
                fields=["owner", "handle"],
                condition=~Q(handle=""),
                name="character_handle_once_per_owner",
            ),
            models.CheckConstraint(
                condition=Q(handle="") | Q(handle__regex=r"^[A-Za-z0-9_-]{3,30}$"),
                name="character_handle_form",
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(base_face__isnull=False),
                name="character_ready_has_face",
            ),
            # Adults only, said by the database too: an age outside the catalogue cannot be stored.
            models.CheckConstraint(
                condition=Q(config__age_range__in=_AGES) & Q(config__has_key="age_range"),
                name="character_is_adult",
            ),
        )
        indexes = (
            models.Index(fields=["owner", "-id"], name="character_of_owner"),
            models.Index(fields=["status", "-updated_at"], name="character_by_status"),
            models.Index(fields=["-created_at"], name="character_newest"),
            GinIndex(fields=["config"], name="character_config", opclasses=["jsonb_path_ops"]),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or "Unnamed draft"

    @property
    def look(self) -> CharacterConfig:
        return CharacterConfig.from_json(self.config)

    def drawn_look(self) -> dict[str, Any]:
        """What providers get: the config as JSON plus the seed of this person."""
        return {**self.look.to_json(), "seed": self.seed}

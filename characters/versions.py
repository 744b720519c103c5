"""The looks a character had: written with every change of it, and the way back to each.

All of this runs with the character's row locked, so that two changes at once are two versions,
one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from characters import history
from characters.catalogue import get_catalogue
from characters.config import CHOICE_FIELDS, CharacterConfig
from characters.models import Character, CharacterVersion, Image
from characters.states import CHARACTER_TRANSITIONS, CharacterStatus, ImageReview
from ryla.lib.errors import Conflict
from ryla.lib.states import transition

Why = CharacterVersion.Why
_OPEN = (Why.CREATED, Why.EDITED)


class LookChanged(Conflict):
    code = "look_changed"
    message = "The look was changed at this very moment. Nothing was charged; ask once more."


class FaceNotThere(Conflict):
    code = "face_not_there"
    message = "The face of this version is in the bin or held back. Bring it back first."


class Busy(Conflict):
    code = "character_busy"
    message = "Pictures of it are being made; wait for them or cancel that first."


# --- Writing -------------------------------------------------------------------------------------


def newest_of(character: Character) -> CharacterVersion:
    """The version that holds. It is written now where older code made the character."""
    row = CharacterVersion.objects.filter(character=character, number=character.version).first()
    return row or CharacterVersion.objects.create(
        character=character, number=character.version, why=Why.CREATED, **_state_of(character)
    )


def record(
    character: Character,
    before: CharacterVersion | None,
    *,
    why: str = Why.EDITED,
    restored_from: int | None = None,
) -> CharacterVersion:
    """Joins the transaction of the change; `before` held until then (`newest_of`).

    What is not different writes nothing. Edits go into the newest version for as long as nothing
    was made from it, so that a designer full of choices is one version and not forty; choices that
    lead back to where they came from leave none.
    """
    if before is None:
        return newest_of(character)
    state = _state_of(character)
    if _says(before, state):
        return before
    if why == Why.EDITED and before.why in _OPEN and not before.is_drawn:
        return _rewrite(character, before, state)
    version = CharacterVersion.objects.create(
        character=character,
        number=before.number + 1,
        why=why,
        restored_from=restored_from,
        **state,
    )
    _point_to(character, version.number)
    return version


def _rewrite(
    character: Character, newest: CharacterVersion, state: Mapping[str, Any]
) -> CharacterVersion:
    earlier = _find(character, newest.number - 1)
    if earlier and _says(earlier, state):
        newest.delete()
        _point_to(character, earlier.number)
        return earlier
    for name, value in state.items():
        setattr(newest, name, value)
    newest.save(update_fields=list(state))
    return newest


def mark_drawn(character: Character, number: int | None) -> None:
    """Something is being made from this look of it: from now on it stays as it is."""
    if number is None:
        return
    rows = CharacterVersion.objects.filter(character=character, number=number, is_drawn=False)
    rows.update(is_drawn=True)


def require_unchanged(asked: Character, now: Character) -> None:
    """`asked` is what a request was composed from, `now` the locked row. A look may be rewritten
    between the two as long as nothing was made from it. Raises LookChanged."""
    if asked.version == now.version and _state_of(asked) == _state_of(now):
        newest_of(now)  # of characters that older code made
        return
    version = _find(now, asked.version)
    if version is None or not _says(version, _state_of(asked)):
        raise LookChanged


def _state_of(character: Character) -> dict[str, Any]:
    return {
        "config": _config_of(character.look),
        "seed": character.seed,
        "face_id": character.base_face_id,
    }


def _config_of(look: CharacterConfig) -> dict[str, Any]:
    """Without what is no look: what is said of it, and what it may be shown in."""
    kept = look.to_json()
    del kept["bio"], kept["nsfw_enabled"]
    return kept


def _says(version: CharacterVersion, state: Mapping[str, Any]) -> bool:
    mine = (_config_of(version.look), version.seed, version.face_id)
    return mine == (state["config"], state["seed"], state["face_id"])


def _point_to(character: Character, number: int) -> None:
    Character.objects.filter(pk=character.pk).update(version=number)
    character.version = number


def _find(character: Character, number: int) -> CharacterVersion | None:
    return CharacterVersion.objects.filter(character=character, number=number).first()


# --- Going back, and on --------------------------------------------------------------------------


@transaction.atomic
def reopen_look(*, character: Character) -> Character:
    """Into the designer again: another look, for which faces are drawn anew. The look until now
    stays as a version with its face and its pictures. Repeating changes nothing.

    Raises Busy while pictures are being made.
    """
    character = _locked(character)
    if character.base_face_id is None:
        return character
    before = newest_of(character)
    transition(
        character,
        CharacterStatus.DRAFT,
        CHARACTER_TRANSITIONS,
        base_face=None,
        designer_step="look",
    )
    record(character, before)
    history.forget(character)
    return character


@transaction.atomic
def restore_version(*, character: Character, version: CharacterVersion) -> CharacterVersion:
    """The look, seed and face of `version` hold again, as a version of its own.

    A version without a face, or whose face was erased, makes a draft of it. Raises Busy,
    FaceNotThere, Conflict when that look holds already.
    """
    character = _locked(character)
    before = newest_of(character)
    if before.pk == version.pk:
        raise Conflict("This is the look it has.")
    _put_on(character, version)
    restored = record(character, before, why=Why.RESTORED, restored_from=version.number)
    if restored.pk == before.pk:
        raise Conflict("It looks just like that already.")
    return restored


@transaction.atomic
def undo_restore(*, character: Character, number: int) -> CharacterVersion:
    """As if version `number` had not been restored; it holds no more and is gone.

    Raises Busy, FaceNotThere, Conflict once the look changed again or something was made from it.
    """
    character = _locked(character)
    newest = newest_of(character)
    earlier = _find(character, number - 1)
    if newest.number != number or newest.why != Why.RESTORED or newest.is_drawn or not earlier:
        raise Conflict("Something changed since. Restore the version you want instead.")
    _put_on(character, earlier)
    newest.delete()
    _point_to(character, earlier.number)
    return earlier


def _locked(character: Character) -> Character:
    character = Character.objects.select_for_update(of=("self",)).get(pk=character.pk)
    if character.status == CharacterStatus.GENERATING:
        raise Busy
    return character


def _put_on(character: Character, version: CharacterVersion) -> None:
    face = _face_to_wear(version)
    look = character.look.replace(**_config_of(version.look))
    changes: dict[str, Any] = {
        "config": look.to_json(),
        "seed": version.seed,
        "base_face": face,
        "designer_step": "" if face else "look",
        "generation_error": "",
    }
    to = CharacterStatus.READY if face else CharacterStatus.DRAFT
    if character.status == to:
        for name, value in changes.items():
            setattr(character, name, value)
        character.save(update_fields=[*changes, "updated_at"])
    else:
        transition(character, to, CHARACTER_TRANSITIONS, **changes)
    history.forget(character)


def _face_to_wear(version: CharacterVersion) -> Image | None:
    """None where there never was one, or is none any more. Locked against the bin."""
    if version.face_id is None:
        return None
    rows = Image.objects.select_for_update(of=("self",))
    face = rows.filter(pk=version.face_id, character=version.character_id).first()
    if face is None or face.review == ImageReview.REMOVED:
        return None
    if face.binned_at or face.review != ImageReview.VISIBLE:
        raise FaceNotThere
    return face


# --- Reading -------------------------------------------------------------------------------------


def face_of(character: Character, number: int | None) -> Image | None:
    """The face that pictures of that version are compared with: its own, as long as it is there,
    else the one the character has."""
    if number is None or number == character.version:
        return character.base_face
    ids = CharacterVersion.objects.filter(character=character, number=number).values("face_id")
    return Image.objects.filter(character=character, pk__in=ids).first() or character.base_face


def find_last_faced(character: Character) -> CharacterVersion | None:
    """The newest version of it that had a face."""
    rows = CharacterVersion.objects.filter(character=character, face_id__isnull=False)
    return rows.order_by("-number").first()


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that differs, in words."""

    label: str
    old: str
    new: str


def changes_between(old: CharacterConfig, new: CharacterConfig) -> list[Change]:
    """In the order of the catalogue."""
    catalogue = get_catalogue(new.catalogue_version)
    return [
        Change(catalogue[name].label, old.label(name), new.label(name))
        for name in CHOICE_FIELDS
        if getattr(old, name) != getattr(new, name)
    ]

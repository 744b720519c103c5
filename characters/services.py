"""The verbs of characters and images; sole writers of their state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import events
from accounts.models import User
from characters import history, versions
from characters import images as files
from characters.config import CharacterConfig
from characters.models import Character, Image, ReviewDecision, new_seed
from characters.states import CHARACTER_TRANSITIONS, IMAGE_TRANSITIONS, CharacterStatus, ImageReview
from ryla.lib.errors import Conflict, InvalidInput
from ryla.lib.states import transition, try_transition

NAME_MAX = 100
MAX_CHARACTERS = 500
REASON_MAX = 300
_HANDLE_TAKEN = "You already use this handle."
_HANDLE = re.compile(r"[A-Za-z0-9_-]{3,30}\Z")


class LookIsFixed(Conflict):
    code = "look_is_fixed"
    message = (
        "This character has its face; another look gets a face of its own. "
        "Begin a new look on the character's page, or duplicate it."
    )


class NotReady(Conflict):
    code = "character_not_ready"
    message = "Pick a face for this character first."


# --- Characters ------------------------------------------------------------------------------


@transaction.atomic
def create_character(
    *, owner: User, config: CharacterConfig, name: str = "", handle: str = ""
) -> Character:
    """A draft. Raises InvalidInput (name, handle), Conflict at the owner's limit."""
    _require_room(owner)
    character = Character(
        owner=owner,
        config=config.to_json(),
        name=_valid_name(name),
        handle=_valid_handle(handle),
    )
    _save(character)
    versions.newest_of(character)
    events.emit(owner, "characters.character.created", character.pk)
    return character


def _require_room(owner: User) -> None:
    if Character.objects.owned_by(owner).count() >= MAX_CHARACTERS:
        raise Conflict(f"An account holds at most {MAX_CHARACTERS} characters.")


@transaction.atomic
def update_character(
    *,
    character: Character,
    config: Mapping[str, Any] | None = None,
    name: str | None = None,
    handle: str | None = None,
    designer_step: str | None = None,
    remembered_as: Literal["typed", "step", "nothing"] = "typed",
) -> Character:
    """Change what is given. Choices of the face are fixed once it is chosen or being drawn.

    Another look is another version (`versions.record`), and can be undone in the designer:
    `remembered_as` a step of its own, or one with what is typed into the same fields.

    Raises InvalidInput naming the field, LookIsFixed.
    """
    character = Character.objects.select_for_update(of=("self",)).get(pk=character.pk)
    version, answers = versions.newest_of(character), history.answers_of(character)
    look = character.look
    changed = look.replace(**config) if config else look
    if changed.face() != look.face():
        _require_face_open(character)
    character.config = changed.to_json()
    if name is not None:
        character.name = _valid_name(name)
    if handle is not None:
        character.handle = _valid_handle(handle)
    if designer_step is not None:
        character.designer_step = designer_step
    _save(character)
    versions.record(character, version)
    if remembered_as != "nothing":
        history.remember(character, answers, is_typed=remembered_as == "typed")
    return character


def _require_face_open(character: Character) -> None:
    if character.base_face_id:
        raise LookIsFixed
    if character.status == CharacterStatus.GENERATING:
        raise Conflict("Its faces are being drawn; wait for them or cancel the drawing.")


@transaction.atomic
def duplicate_character(*, character: Character) -> Character:
    """A draft with the same look and voice and a face of its own to be found."""
    _require_room(character.owner)
    copy = Character(
        owner_id=character.owner_id,
        config=character.config,
        name=f"{character.name} copy"[:NAME_MAX] if character.name else "",
        seed=new_seed(),
    )
    _save(copy)
    versions.newest_of(copy)
    events.emit(copy.owner, "characters.character.created", copy.pk)
    return copy


def delete_character(*, character: Character) -> None:
    """Gone with its images and their files; there is no way back. Idempotent.

    Raises Conflict while pictures of it are being made: their jobs would vanish with what was
    charged for them.
    """
    with transaction.atomic():
        character = Character.objects.select_for_update(of=("self",)).get(pk=character.pk)
        if character.status == CharacterStatus.GENERATING:
            raise Conflict("Pictures of it are being made; wait for them or cancel that first.")
        owner = character.owner
        _delete_characters(Character.objects.filter(pk=character.pk))
        events.emit(owner, "characters.character.deleted", character.pk)


def delete_all_of(*, user: User) -> None:
    """Part of closing an account; joins its transaction."""
    _delete_characters(Character.objects.owned_by(user))


def _delete_characters(characters: Any) -> None:
    rows = Image.objects.filter(character__in=characters).values_list(
        "original_key", "large_key", "small_key"
    )
    files.discard(key for row in rows.iterator() for key in row)
    characters.delete()


@transaction.atomic
def choose_base_face(*, character: Character, image: Image) -> Character:
    """This face is the character from now on. Choosing the same again changes nothing.

    Raises InvalidInput when the image is not one of its drawn faces, Conflict when another
    face was chosen before or the look changed since.
    """
    character = Character.objects.select_for_update(of=("self",)).get(pk=character.pk)
    if character.base_face_id == image.pk:
        return character
    _require_face_open(character)
    if image.character_id != character.pk or image.kind != Image.Kind.BASE_FACE:
        raise InvalidInput("Pick one of this character's faces.", field="image")
    # Locked against the bin: a face that is chosen and binned at once could never be erased.
    image = Image.objects.select_for_update(of=("self",)).get(pk=image.pk)
    if image.binned_at or image.review != ImageReview.VISIBLE:
        raise InvalidInput("This face is not available.", field="image")
    if not is_current_face(character, image):
        raise Conflict("The look changed since this face was drawn. Draw new faces.")
    if not character.name:
        raise InvalidInput("Give the character a name first.", field="name")
    version = versions.newest_of(character)
    transition(
        character,
        CharacterStatus.READY,
        CHARACTER_TRANSITIONS,
        base_face=image,
        seed=image.settings["look_seed"],
        designer_step="",
        generation_error="",
    )
    versions.record(character, version, why=versions.Why.FACE_CHOSEN)
    history.forget(character)
    events.emit(character.owner, "characters.character.ready", character.pk)
    return character


def is_current_face(character: Character, image: Image) -> bool:
    return bool(image.settings.get("face") == character.look.face())


def find_faces(character: Character) -> list[Image]:
    """The faces to choose from, newest draw first: drawn for the look as it is now."""
    faces = character.images.visible().filter(kind=Image.Kind.BASE_FACE).order_by("-id")
    return [face for face in faces if is_current_face(character, face)]


def with_faces_to_pick(owner: User, characters: Iterable[Character]) -> set[UUID]:
    """Ids of those without a face for which there are some to choose from; one query."""
    waiting = {c.pk: c for c in characters if not c.base_face_id}
    if not waiting:
        return set()
    drawn = Image.objects.owned_by(owner).visible().filter(kind=Image.Kind.BASE_FACE)
    rows = drawn.filter(character__in=waiting).only("character_id", "settings")
    return {f.character_id for f in rows if is_current_face(waiting[f.character_id], f)}


def begin_generation(*, character: Character) -> None:
    """Several jobs may be under way; the first moves the character."""
    try_transition(
        character, CharacterStatus.GENERATING, CHARACTER_TRANSITIONS, generation_error=""
    )


def settle_generation(*, character: Character, error: str = "") -> None:
    """The last job under way ended. `error` says why nothing came of it."""
    character.refresh_from_db(fields=["base_face", "status"])
    if character.base_face_id:
        to = CharacterStatus.READY
    else:
        to = CharacterStatus.FAILED if error else CharacterStatus.DRAFT
    try_transition(
        character,
        to,
        CHARACTER_TRANSITIONS,
        generation_error="" if character.base_face_id else error,
    )


def _save(character: Character) -> None:
    try:
        with transaction.atomic():
            character.save()
    except IntegrityError as error:
        if "character_handle_once_per_owner" in str(error):
            raise InvalidInput(_HANDLE_TAKEN, field="handle") from error
        raise


def find_handle_problem(character: Character, handle: str) -> str:
    """Why the character cannot have it, in words; empty when it can. None at all is fine."""
    try:
        handle = _valid_handle(handle)
    except InvalidInput as error:
        return error.message
    others = Character.objects.filter(owner=character.owner_id, handle=handle)
    taken = handle and others.exclude(pk=character.pk).exists()
    return _HANDLE_TAKEN if taken else ""


def _valid_name(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > NAME_MAX or "\x00" in name:
        raise InvalidInput(f"A name has at most {NAME_MAX} characters.", field="name")
    return name


def _valid_handle(handle: str) -> str:
    handle = handle.strip().removeprefix("@")
    if handle and not _HANDLE.match(handle):
        raise InvalidInput(
            "A handle has 3 to 30 letters, digits, hyphens or underscores.", field="handle"
        )
    return handle


# --- Images ----------------------------------------------------------------------------------


def record_image(
    *,
    character: Character,
    job_id: UUID,
    position: int,
    kind: str,
    prepared: files.Prepared,
    keys: files.Keys,
    seed: int,
    options: Mapping[str, Any],
    likeness: float | None = None,
    version: int | None = None,
) -> Image:
    """The row of a stored picture; joins the caller's transaction. (job, position) is unique:
    a second call raises IntegrityError. `likeness` to its face is 0 to 1, None if not measured;
    `version` is the look it was asked for with."""
    files.claim(keys)
    return Image.objects.create(
        character=character,
        owner_id=character.owner_id,
        kind=kind,
        job_id=job_id,
        position=position,
        original_key=keys.original,
        large_key=keys.large,
        small_key=keys.small,
        content_type=prepared.content_type,
        width_px=prepared.width_px,
        height_px=prepared.height_px,
        size_bytes=len(prepared.original),
        sha256=prepared.sha256,
        dominant_colour=prepared.dominant_colour,
        seed=seed,
        version=version,
        settings=dict(options),
        likeness=likeness,
    )


def set_favourite(*, image: Image, is_favourite: bool) -> Image:
    Image.objects.filter(pk=image.pk).update(is_favourite=is_favourite)
    image.is_favourite = is_favourite
    return image


def set_caption(*, image: Image, caption: str) -> Image:
    """Raises InvalidInput over 2,200 characters, the longest a platform takes."""
    caption = caption.replace("\r\n", "\n").strip()
    if len(caption) > 2200 or "\x00" in caption:  # noqa: PLR2004
        raise InvalidInput("A caption has at most 2,200 characters.", field="caption")
    Image.objects.filter(pk=image.pk).update(caption=caption)
    image.caption = caption
    return image


@transaction.atomic
def bin_images(*, owner: User, images: Sequence[Image]) -> int:
    """Into the bin, for BIN_KEEPS_DAYS. A chosen face stays: raises Conflict, moving none."""
    ids = [image.pk for image in images]
    locked = Image.objects.owned_by(owner).filter(pk__in=ids).order_by("pk").select_for_update()
    list(locked.values_list("pk", flat=True))
    face_of = Character.objects.owned_by(owner).filter(base_face_id__in=ids).first()
    if face_of:
        raise Conflict(f"This is the face of {face_of.display_name}; it cannot be binned.")
    moved = Image.objects.owned_by(owner).filter(pk__in=ids, binned_at=None)
    count = moved.update(binned_at=timezone.now())
    if count:
        events.emit(owner, "characters.images.binned", ids[0], {"count": count})
    return count


@transaction.atomic
def restore_images(*, owner: User, images: Sequence[Image]) -> int:
    """Out of the bin; repeating changes nothing."""
    ids = [image.pk for image in images]
    rows = Image.objects.owned_by(owner).filter(pk__in=ids, binned_at__isnull=False)
    count = rows.update(binned_at=None)
    if count:
        events.emit(owner, "characters.images.restored", ids[0], {"count": count})
    return count


@transaction.atomic
def erase_binned(*, owner: User, images: Iterable[Image] | None = None) -> int:
    """Rows and files of binned images, all of the owner's or those given. No way back."""
    rows = Image.objects.owned_by(owner).filter(binned_at__isnull=False)
    if images is not None:
        rows = rows.filter(pk__in=[image.pk for image in images])
    return _erase(list(rows.order_by("pk").select_for_update()))  # in the order of bin_images


def empty_bins(*, limit: int = 1000) -> int:
    """Erase what has been binned for BIN_KEEPS_DAYS; returns how many."""
    before = timezone.now() - timedelta(days=settings.BIN_KEEPS_DAYS)
    with transaction.atomic():
        rows = Image.objects.select_for_update(skip_locked=True).filter(binned_at__lt=before)
        return _erase(list(rows[:limit]))


def _erase(rows: list[Image]) -> int:
    files.discard(files.keys_of(rows))
    Image.objects.filter(pk__in=[image.pk for image in rows]).delete()
    return len(rows)


@transaction.atomic
def withhold_image(*, image: Image, reason: str) -> None:
    """Staff: nobody sees it until it is released. Raises InvalidInput(reason), Conflict."""
    _decide(image, ImageReview.WITHHELD, reason)


@transaction.atomic
def release_image(*, image: Image, reason: str) -> None:
    """Staff: the owner sees it again. Raises InvalidInput(reason), Conflict."""
    _decide(image, ImageReview.VISIBLE, reason)


@transaction.atomic
def remove_image(*, image: Image, reason: str) -> None:
    """Staff: its files are erased for good. The row stays, out of every list and of the bin, so
    that the owner can read why. Raises InvalidInput(reason), Conflict (removed already)."""
    _decide(image, ImageReview.REMOVED, reason, binned_at=None)
    files.discard(image.keys)


_TOLD = {
    ImageReview.WITHHELD: "characters.image.withheld",
    ImageReview.VISIBLE: "characters.image.released",
    ImageReview.REMOVED: "characters.image.removed",
}


def _decide(image: Image, review: str, reason: str, **changes: Any) -> None:
    """The state, its reason on record and the event, which is mailed to the owner, in the
    caller's transaction."""
    reason = _valid_reason(reason)
    transition(image, review, IMAGE_TRANSITIONS, field="review", **changes)
    ReviewDecision.objects.create(image=image, review=review, reason=reason)
    events.emit(image.owner, _TOLD[review], image.pk, {"reason": reason})


def _valid_reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason or "\x00" in reason:
        raise InvalidInput("Say why; the owner reads it.", field="reason")
    if len(reason) > REASON_MAX:
        raise InvalidInput(f"A reason has at most {REASON_MAX} characters.", field="reason")
    return reason


def find_decision(*, image: Image) -> ReviewDecision | None:
    """The latest that staff decided about it."""
    decisions = ReviewDecision.objects.filter(image=image).order_by("-pk")
    return decisions.first()

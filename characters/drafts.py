"""Going back and forth among the answers given in the designer."""

from __future__ import annotations

from django.db import transaction

from characters import history
from characters.config import CHOICE_FIELDS
from characters.models import Character
from characters.services import update_character


@transaction.atomic
def undo_step(*, character: Character) -> tuple[str, ...]:
    """The last change is taken back; the fields it concerned, none where there is nothing.

    Raises what `update_character` raises, and then nothing is taken back.
    """
    return _go(character, "past", "future")


@transaction.atomic
def redo_step(*, character: Character) -> tuple[str, ...]:
    """The change that was last taken back is made again; as `undo_step`."""
    return _go(character, "future", "past")


def _go(character: Character, origin: history.Direction, to: history.Direction) -> tuple[str, ...]:
    character = Character.objects.select_for_update(of=("self",)).get(pk=character.pk)
    was = history.take(character, origin)
    if was is None:
        return ()
    now = history.answers_of(character)
    config = {name: was[name] for name in was if name in (*CHOICE_FIELDS, "bio")}
    texts = {name: was[name] for name in was if name in ("name", "handle")}
    update_character(character=character, config=config, remembered_as="nothing", **texts)
    history.put(character, to, {name: now[name] for name in was if name in now})
    return tuple(was)

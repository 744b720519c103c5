"""Undo and redo of the designer: kept with the draft, so that every device and a browser without
scripts can go back."""

from __future__ import annotations

from typing import Any, Literal

from characters.config import CHOICE_FIELDS
from characters.models import Character, DesignerHistory

STEPS_AT_MOST = 50
_TEXTS = ("name", "handle", "bio")
Answers = dict[str, Any]
Direction = Literal["past", "future"]


def answers_of(character: Character) -> Answers:
    """What can be undone: the choices, and while there is no face what it is called too."""
    config = character.look.to_json()
    answers = {name: config[name] for name in CHOICE_FIELDS}
    if not character.base_face_id:
        answers |= {"name": character.name, "handle": character.handle, "bio": config["bio"]}
    return answers


def remember(character: Character, before: Answers, *, is_typed: bool) -> None:
    """`before` were the answers until now. Joins the transaction of the change.

    What is typed is saved at every pause: letters into the same fields are one step.
    """
    was = _differing(before, answers_of(character))
    if not was:
        return
    rows = DesignerHistory.objects.select_for_update()
    row, _ = rows.get_or_create(character=character)
    typed = is_typed and set(was) <= set(_TEXTS)
    last = row.past[-1] if row.past else None
    if not (typed and last and last["is_typed"] and set(last["was"]) == set(was)):
        row.past = [*row.past, {"was": was, "is_typed": typed}][-STEPS_AT_MOST:]
    row.future = []
    row.save()


def take(character: Character, direction: Direction) -> Answers | None:
    """The answers to bring back, out of one list; `put` the present ones into the other."""
    row = DesignerHistory.objects.select_for_update().filter(character=character).first()
    steps = getattr(row, direction) if row else []
    if not row or not steps:
        return None
    was: Answers = steps.pop()["was"]
    row.save()
    return was


def put(character: Character, direction: Direction, was: Answers) -> None:
    row = DesignerHistory.objects.get(character=character)
    steps = [*getattr(row, direction), {"was": was, "is_typed": False}]
    setattr(row, direction, steps[-STEPS_AT_MOST:])
    row.save()


def forget(character: Character) -> None:
    """There is no way back over a face or a restored version; those have a way of their own."""
    DesignerHistory.objects.filter(character=character).delete()


def open_ways(character: Character) -> dict[str, bool]:
    """Whether there is anything to undo, and to redo."""
    row = DesignerHistory.objects.filter(character=character).first()
    return {"can_undo": bool(row and row.past), "can_redo": bool(row and row.future)}


def _differing(before: Answers, now: Answers) -> Answers:
    return {name: before[name] for name in before if name in now and before[name] != now[name]}

"""Status machines: a table of allowed moves and one guarded UPDATE.

Two processes may try the same move at once; the database lets exactly one win. Nobody
assigns a status by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import timezone

from ryla.lib.errors import Conflict

Transitions = Mapping[str, frozenset[str]]


class IllegalTransition(Conflict):
    code = "illegal_transition"
    message = "That is not possible in the present state."


def allows(table: Transitions, origin: str, to: str) -> bool:
    return origin in table.get(to, frozenset())


def try_transition(
    instance: models.Model,
    to: str,
    table: Transitions,
    *,
    where: models.Q | None = None,
    field: str = "status",
    **changes: Any,
) -> bool:
    """Move `instance` to `to` if its row is still in a state that `table` allows.

    `changes` are written by the same UPDATE; `where` narrows it further (a lease, say).
    Returns False, changing nothing, when someone was faster. The instance then says what was
    written: give values as the database returns them. Expressions and relations are read back.
    """
    origins = table.get(to, frozenset())
    rows = type(instance)._default_manager.filter(pk=instance.pk, **{f"{field}__in": origins})
    if where is not None:
        rows = rows.filter(where)
    values: dict[str, Any] = {field: to, **changes}
    if any(column.name == "updated_at" for column in instance._meta.concrete_fields):
        values.setdefault("updated_at", timezone.now())
    if not rows.update(**values):
        return False
    _take_over(instance, values)
    return True


def _take_over(instance: models.Model, values: Mapping[str, Any]) -> None:
    """Only what the database worked out is read back: most moves write plain values."""
    unknown = []
    for name, value in values.items():
        if hasattr(value, "resolve_expression") or instance._meta.get_field(name).is_relation:
            unknown.append(name)
        else:
            setattr(instance, name, value)
    if unknown:
        instance.refresh_from_db(fields=unknown)


def transition(
    instance: models.Model,
    to: str,
    table: Transitions,
    *,
    where: models.Q | None = None,
    field: str = "status",
    **changes: Any,
) -> None:
    """As `try_transition`, but raises IllegalTransition when no row changed."""
    if not try_transition(instance, to, table, where=where, field=field, **changes):
        name = instance._meta.verbose_name
        raise IllegalTransition(f"This {name} cannot become {to} now.")


def status_check(table: Transitions, *, name: str, initial: str) -> models.CheckConstraint:
    """The database's own copy of the vocabulary."""
    words = sorted({initial, *table, *(word for origins in table.values() for word in origins)})
    return models.CheckConstraint(condition=models.Q(status__in=words), name=name)

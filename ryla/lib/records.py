"""Append-only rows: facts that are added and never rewritten.

The model refuses politely; a trigger in the table's migration refuses everybody else.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import migrations, models


class RecordIsFinal(TypeError):
    """A programming error: someone tried to rewrite history."""


class RecordQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise RecordIsFinal(f"{self.model.__name__} rows are never updated")

    def delete(self) -> NoReturn:
        raise RecordIsFinal(f"{self.model.__name__} rows are never deleted")


class Record(models.Model):
    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RecordIsFinal(f"{type(self).__name__} rows are never updated")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordIsFinal(f"{type(self).__name__} rows are never deleted")


def append_only(table: str, *, may_be_deleted: bool = False) -> migrations.RunSQL:
    """Migration step: a trigger that refuses UPDATE, and DELETE unless `may_be_deleted`
    (rows that go with what they describe)."""
    moves = "UPDATE" if may_be_deleted else "UPDATE OR DELETE"
    return migrations.RunSQL(
        sql=f"""
        CREATE FUNCTION {table}_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation';
        END $$;
        CREATE TRIGGER {table}_is_final BEFORE {moves} ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_is_final();
        """,
        reverse_sql=f"""
        DROP TRIGGER {table}_is_final ON {table};
        DROP FUNCTION {table}_is_final();
        """,
    )

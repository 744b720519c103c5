"""A trigger counts an owner's waiting and in-flight items, so that the counts cannot drift.

It runs once per statement: a job of ten pictures changes its owner's row once. The rows are
locked in the order of their ids, so that two statements over several owners cannot block each
other. An item that is backing off (`next_check_at`) is not waiting for a slot.
"""

from typing import ClassVar

from django.db import migrations

_WAITS = "({row}.status = 'queued' AND {row}.next_check_at IS NULL)::int"
_FLIES = "({row}.status IN ('claimed', 'submitted', 'running', 'importing', 'canceling'))::int"


def _count(row: str, sign: str = "") -> str:
    waits, flies = _WAITS.format(row=row), _FLIES.format(row=row)
    return f"{row}.owner_id, {row}.provider, {sign}{waits} AS waits, {sign}{flies} AS flies"


_APPLY = """
    PERFORM 1 FROM generation_ownerqueue q
      JOIN (SELECT owner_id, provider FROM ({changes}) c GROUP BY owner_id, provider
            HAVING sum(waits) <> 0 OR sum(flies) <> 0) d
        USING (owner_id, provider)
      ORDER BY q.id FOR NO KEY UPDATE OF q;
    UPDATE generation_ownerqueue q
      SET waiting = q.waiting + d.waits, in_flight = q.in_flight + d.flies
      FROM (SELECT owner_id, provider, sum(waits) AS waits, sum(flies) AS flies
            FROM ({changes}) c GROUP BY owner_id, provider) d
      WHERE q.owner_id = d.owner_id AND q.provider = d.provider
        AND (d.waits <> 0 OR d.flies <> 0);
"""
_OLD = "SELECT " + _count("o", "-") + " FROM old_items o"  # noqa: S608 (constants)
_NEW = "SELECT " + _count("n") + " FROM new_items n"  # noqa: S608 (constants)

_FORWARD = f"""
CREATE FUNCTION generation_count_new_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO generation_ownerqueue
      (id, owner_id, provider, weight, cap, waiting, in_flight, virtual_time, is_paused)
      SELECT gen_random_uuid(), owner_id, provider, 1, 1, 0, 0, 0, false
      FROM (SELECT DISTINCT owner_id, provider FROM new_items ORDER BY owner_id, provider) d
      ON CONFLICT (owner_id, provider) DO NOTHING;
    {_APPLY.format(changes=_NEW)}
    RETURN NULL;
END $$;
CREATE FUNCTION generation_count_changed_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {_APPLY.format(changes=f"{_OLD} UNION ALL {_NEW}")}
    RETURN NULL;
END $$;
CREATE FUNCTION generation_count_gone_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {_APPLY.format(changes=_OLD)}
    RETURN NULL;
END $$;
CREATE TRIGGER count_new_items AFTER INSERT ON generation_jobitem
  REFERENCING NEW TABLE AS new_items
  FOR EACH STATEMENT EXECUTE FUNCTION generation_count_new_items();
CREATE TRIGGER count_changed_items AFTER UPDATE ON generation_jobitem
  REFERENCING OLD TABLE AS old_items NEW TABLE AS new_items
  FOR EACH STATEMENT EXECUTE FUNCTION generation_count_changed_items();
CREATE TRIGGER count_gone_items AFTER DELETE ON generation_jobitem
  REFERENCING OLD TABLE AS old_items
  FOR EACH STATEMENT EXECUTE FUNCTION generation_count_gone_items();
"""  # noqa: S608 (put together of constants)
_BACK = """
DROP TRIGGER count_new_items ON generation_jobitem;
DROP TRIGGER count_changed_items ON generation_jobitem;
DROP TRIGGER count_gone_items ON generation_jobitem;
DROP FUNCTION generation_count_new_items, generation_count_changed_items,
  generation_count_gone_items;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("generation", "0005_job_items")]
    operations: ClassVar = [migrations.RunSQL(_FORWARD, _BACK)]

"""Jobs that kept their pictures in their own columns get an item for each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations
from django.utils import timezone

_ENDED = {"succeeded", "failed", "canceled"}


def split(apps: Any, schema_editor: Any) -> None:
    job_model = apps.get_model("generation", "GenerationJob")
    item_model = apps.get_model("generation", "JobItem")
    for job in job_model.objects.iterator(chunk_size=500):
        item_model.objects.bulk_create(
            [_item(item_model, job, position, data) for position, data in enumerate(job.requests)]
        )
    # A worker's lease was on the job: whatever it was doing begins anew, item by item.
    job_model.objects.filter(status="running").update(
        status="queued", lease_id=None, lease_expires_at=None
    )


def _item(item_model: Any, job: Any, position: int, request: Any) -> Any:
    failure = job.failures.get(str(position), {})
    status = _status(job, position, failure)
    return item_model(
        job=job,
        owner_id=job.owner_id,
        provider=job.provider,
        position=position,
        request=request,
        status=status,
        progress=100 if status == "succeeded" else 0,
        ticket=job.tickets.get(str(position)) if status == "succeeded" else None,
        error_code=failure.get("code", ""),
        error_message=failure.get("message", "")[:300],
        finished_at=None if status == "queued" else job.finished_at or timezone.now(),
    )


def _status(job: Any, position: int, failure: Any) -> str:
    if position in job.delivered_positions:
        return "succeeded"
    if failure:
        return "failed"
    if job.status in _ENDED:
        return "canceled" if job.status == "canceled" else "failed"
    return "queued"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("generation", "0006_queues_count_their_items")]
    operations: ClassVar = [migrations.RunPython(split, migrations.RunPython.noop)]

"""Pictures that were made before, so that something is known of how long they take."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from characters.models import Character
from generation.models import GenerationJob, JobItem
from ryla.lib.ids import new_id


def make_history(character: Character, seconds: Iterable[float], provider: str = "fake") -> None:
    """One ended job with a picture per duration, the last one just now."""
    spans = list(seconds)
    now = timezone.now()
    job = GenerationJob.objects.create(
        owner_id=character.owner_id,
        character=character,
        recipe="studio",
        provider=provider,
        status="succeeded",
        request_key=str(new_id()),
        request_hash="0" * 64,
        count=len(spans),
        delivered_count=len(spans),
        finished_at=now,
    )
    for position, span in enumerate(spans):
        JobItem.objects.create(
            job=job,
            owner_id=job.owner_id,
            provider=provider,
            position=position,
            status="succeeded",
            request={"width_px": 4, "height_px": 5},
            claimed_at=now - timedelta(seconds=span),
            finished_at=now,
        )

"""What holds whatever dies: each function raises Broken with the first that does not."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage
from django.db.models import Q, Sum

from accounts.models import Event, User
from billing.ledger import differences
from billing.models import CreditAccount, CreditEntry
from characters import images
from characters.models import Image, StoredFile
from generation.ending import price_of
from generation.models import GenerationJob, HeldPicture, JobItem, OwnerQueue, Provenance
from generation.states import ENDED, ITEM_ENDED, ItemStatus
from tests.chaos.vendor import Journal

DELIVERED, REFUNDED, MIXED = "delivered", "refunded", "mixed"


class Broken(AssertionError):
    """A promise that was not kept."""


def require(is_kept: Any, promise: str, *seen: Any) -> None:
    if not is_kept:
        raise Broken(f"{promise}: {', '.join(map(str, seen))}" if seen else promise)


def what_became_of(job: GenerationJob) -> str:
    """Delivered, refunded, or some of both; by its pictures."""
    if job.delivered_count == job.count:
        return DELIVERED
    return MIXED if job.delivered_count else REFUNDED


def check_job(job: GenerationJob, read: Callable[[str], bytes]) -> None:
    """An ended job: what was paid, what was delivered, what was told. `read` gives a file."""
    require(job.status in ENDED, "a job ends", job.status)
    items = list(job.items.order_by("position"))
    require(all(i.status in ITEM_ENDED for i in items), "an ended job has no live picture")
    succeeded = [i for i in items if i.status == ItemStatus.SUCCEEDED]
    require(job.delivered_count == len(succeeded), "it counts what it delivered", job.pk)
    check_money(job, len(succeeded))
    shown = list(Image.objects.filter(job_id=job.pk).order_by("position"))
    require(
        [i.position for i in shown] == [i.position for i in succeeded],
        "each delivered picture is there once, and no other",
        [i.position for i in shown],
        [i.position for i in succeeded],
    )
    origins = Provenance.objects.filter(job=job, image__in=shown)
    require(origins.count() == len(shown), "each picture has its one origin", job.pk)
    for image in shown:
        check_files(image, read)
    told = Counter(
        Event.objects.filter(subject=str(job.pk)).values_list("kind", flat=True).order_by()
    )
    ends = {kind: n for kind, n in told.items() if kind.rpartition(".")[2] in ENDED}
    require(ends == {f"generation.job.{job.status}": 1}, "its end is told once", ends)
    moved = sum(item.provider != job.provider for item in items)
    require(told["generation.job.moved"] == moved, "each move is told once", dict(told))
    require(
        told["generation.image.delivered"] == len(shown), "each picture is told once", dict(told)
    )


def check_money(job: GenerationJob, delivered: int) -> None:
    """Delivered or refunded, never both, never neither."""
    amounts = dict(
        CreditEntry.objects.filter(key__startswith=f"job:{job.pk}:").values_list("key", "amount")
    )
    price = price_of(job, delivered)
    expected = {f"job:{job.pk}:charge": -job.credits_charged}
    if price != job.credits_charged:
        expected[f"job:{job.pk}:refund"] = job.credits_charged - price
    require(amounts == expected, "paid is what was delivered", amounts, expected)
    require(job.credits_kept == price, "the job says what was paid", job.credits_kept, price)


def check_files(image: Image, read: Callable[[str], bytes]) -> None:
    """All three, whole."""
    try:
        original = read(image.original_key)
        large, small = read(image.large_key), read(image.small_key)
    except FileNotFoundError as error:
        raise Broken(f"a delivered picture has its files: {error}") from error
    sha256 = hashlib.sha256(original).hexdigest()
    recorded = Provenance.objects.get(image=image).sha256
    require(
        sha256 == image.sha256 == recorded,
        "a picture is the one that was recorded",
        image.original_key,
    )
    prepared = images.prepare(original)
    require((large, small) == (prepared.large, prepared.small), "thumbnails are whole", image.pk)


def check_house(owners: Iterable[User], journal: Journal) -> None:
    """When nothing is under way: slots, queues and books of everybody."""
    for owner in owners:
        account = CreditAccount.objects.get(user=owner)
        entries = CreditEntry.objects.filter(account=account)
        total = entries.aggregate(sum=Sum("amount"))["sum"]
        require(account.balance == total, "the balance is the sum of its entries", total)
    busy = OwnerQueue.objects.exclude(waiting=0, in_flight=0)
    require(not busy.exists(), "nobody waits and no slot is taken", list(busy.values()))
    held = JobItem.objects.filter(Q(lease_id__isnull=False) | Q(next_check_at__isnull=False))
    require(not held.exists(), "no worker holds what has ended", list(held.values("pk")))
    require(not HeldPicture.objects.exists(), "nothing is kept of what has ended")
    outputs = Counter(Provenance.objects.values_list("provider", "external_id", "output_index"))
    require(max(outputs.values(), default=1) == 1, "no output becomes two pictures")
    require(not journal.paid_twice(), "no picture is bought twice", journal.paid_twice())
    require(not differences(), "the ledger is exact", *differences())


def _keys_in(bucket: Any) -> Iterator[str]:
    """By the second version of the listing: the embedded store repeats itself in the first."""
    pages = bucket.meta.client.get_paginator("list_objects_v2").paginate(Bucket=bucket.name)
    for page in pages:
        yield from (found["Key"] for found in page.get("Contents", ()))


def check_files_left(store: Storage) -> int:
    """After the sweep: the store holds the files of the rows and nothing else; how many."""
    require(not StoredFile.objects.exists(), "everything due was erased")
    prefix = f"{settings.STORAGES['images']['OPTIONS']['location']}/"
    there = {key.removeprefix(prefix) for key in _keys_in(store.bucket)}  # type: ignore[attr-defined]
    needed = {key for image in Image.objects.all() for key in image.keys}
    require(there <= needed, "no file is an orphan", *sorted(there - needed)[:5])
    require(needed <= there, "no row misses its file", *sorted(needed - there)[:5])
    return len(there)

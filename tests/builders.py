"""Plain builders without surprises. Each makes one valid thing; what matters is named."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pillow
from PIL import ImageColor

from accounts.models import Consent, User
from billing import ledger
from billing.models import Subscription
from billing.services import get_account
from characters import albums
from characters import images as files
from characters import services as characters
from characters.config import CharacterConfig
from characters.models import Album, Character, Image
from generation import pipeline, services
from generation.dispatch import dispatch
from generation.models import GenerationJob, JobItem
from generation.states import IN_FLIGHT, ItemStatus
from ryla.lib.ids import new_id

PASSWORD = "a-long-enough-password"


def make_user(email: str | None = None, **fields: Any) -> User:
    """A verified creator with both consents."""
    email = email or f"{new_id().hex}@example.com"
    user = User.objects.create_user(
        email, PASSWORD, **{"email_verified_at": timezone.now(), **fields}
    )
    for kind in (Consent.Kind.TERMS, Consent.Kind.ADULT):
        Consent.objects.create(user=user, kind=kind, version=settings.TERMS_VERSION)
    return user


def make_staff(email: str = "staff@example.com") -> User:
    return User.objects.create_superuser(email, PASSWORD)


def give_credits(user: User, credits: int) -> None:
    ledger.grant(get_account(user), credits, key=f"test:{new_id()}")


def make_png(width: int = 64, height: int = 80, colour: str = "#c0506a") -> bytes:
    buffer = io.BytesIO()
    Pillow.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


def make_block(width: int, height: int, colour: str) -> bytes:
    """A large PNG of one colour. Written by hand, as an encoder weighs five ways for every row."""
    row = b"\0" + bytes(ImageColor.getrgb(colour)) * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(row * height, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@lru_cache(maxsize=1)
def _plain_picture() -> files.Prepared:
    return files.prepare(make_png())


def make_character(
    *, owner: User, ready: bool = False, name: str = "Mara Vale", handle: str = "", **look: Any
) -> Character:
    """A draft, or with `ready` one that has its face."""
    character = characters.create_character(
        owner=owner, config=CharacterConfig.parse(look), name=name, handle=handle
    )
    if ready:
        face = make_image(character=character, kind=Image.Kind.BASE_FACE)
        characters.choose_base_face(character=character, image=face)
        character.refresh_from_db()
    return character


def make_image(
    *,
    character: Character,
    kind: str = Image.Kind.PICTURE,
    content: bytes | None = None,
    **options: Any,
) -> Image:
    """A picture whose three files really lie in the store."""
    prepared = files.prepare(content) if content else _plain_picture()
    job_id = new_id()
    keys = files.keys_for(
        owner_id=character.owner_id,
        character_id=character.pk,
        job_id=job_id,
        position=0,
        extension=prepared.extension,
    )
    files.store(prepared, keys)
    shown = {"scene": "cafe", "pose": "relaxed", "framing": "half_body", "expression": "smile"}
    extra = {"look_seed": "face-1", "face": character.look.face()} if kind == "base_face" else {}
    return characters.record_image(
        character=character,
        job_id=job_id,
        position=0,
        kind=kind,
        prepared=prepared,
        keys=keys,
        seed=7,
        options={**shown, "format": "4:5", "alt": "A picture.", **extra, **options},
    )


def request_job(
    character: Character, recipe: str = "studio", request_key: str = "", **options: Any
) -> GenerationJob:
    return services.request_generation(
        character=character,
        recipe=recipe,
        options=options,
        request_key=request_key or str(new_id()),
    )


def run_jobs() -> None:
    """Do what dispatcher and workers would do now, until nothing is due any more."""
    done: set[Any] = set()
    while due := [item for item in _in_flight() if item not in done]:
        for pk, task in due:
            done.add((pk, task))
            task(pk)


def _in_flight() -> list[tuple[Any, Any]]:
    waiting = JobItem.objects.filter(status=ItemStatus.QUEUED)
    for provider in waiting.values_list("provider", flat=True).distinct():
        dispatch(provider)
    items = JobItem.objects.filter(status__in=IN_FLIGHT, lease_id=None).order_by("id")
    stop, run = pipeline.cancel_item, pipeline.run_item
    return [
        (pk, stop if status == ItemStatus.CANCELING else run)
        for pk, status in items.values_list("pk", "status")
    ]


def with_scripts(job: GenerationJob, *prompts: str) -> None:
    """A script of its own for each picture of the job."""
    for item, prompt in zip(job.items.order_by("position"), prompts, strict=True):
        item.request["prompt"] = prompt
        item.save(update_fields=["request"])


def subscribe(user: User, plan: str) -> Subscription:
    return Subscription.objects.create(
        user=user, plan=plan, interval="month", amount_minor=1, currency="EUR", status="active"
    )


def admin_address(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def make_album(*, owner: User, name: str = "Summer", images: Iterable[Image] = ()) -> Album:
    album = albums.create_album(owner=owner, name=name)
    albums.add_pictures(album=album, images=images)
    return album

"""What people are told of their requests: in the inbox, and by mail."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError
from django.urls import reverse
from PIL import Image as Pillow

from accounts import mail_kinds, mails, telling
from accounts.mail_kinds import Draft, MailKind, Picture
from accounts.models import Event, OutgoingMail, User
from accounts.telling import Thing, Topic, Words
from characters import images as files
from characters.models import Image
from characters.pictures import describe, image_url
from generation.models import GenerationJob
from generation.templatetags.generation import in_credits, job_title, pictures

# Steps that matter to open pages alone.
telling.keep_silent(
    "generation.job.queued",
    "generation.job.started",
    "generation.job.moved",
    "generation.job.canceling",
    "generation.image.delivered",
)


def _made(event: Event) -> str:
    count = int(event.data.get("delivered", 0))
    return f"{pictures(count)} {'is' if count == 1 else 'are'} ready"


def _came_back(event: Event) -> str:
    refunded = int(event.data.get("refunded", 0))
    return f"{in_credits(refunded)} came back." if refunded else ""


def _jobs(user: User, events: Sequence[Event]) -> Mapping[int, Thing]:
    ids = {UUID(event.subject) for event in events}
    rows = GenerationJob.objects.owned_by(user).filter(pk__in=ids).select_related("character")
    jobs = {str(job.pk): job for job in rows}
    covers = covers_of(jobs.values())
    return {e.pk: _thing(jobs[e.subject], covers) for e in events if e.subject in jobs}


def covers_of(jobs: Iterable[GenerationJob]) -> dict[UUID, Image]:
    """The first picture of each job, in one query."""
    rows = Image.objects.visible().filter(job_id__in=[job.pk for job in jobs])
    return {image.job_id: image for image in rows.order_by("job_id", "position").distinct("job_id")}


def _thing(job: GenerationJob, covers: Mapping[UUID, Image]) -> Thing:
    cover = covers.get(job.pk)
    return Thing(
        href=reverse("generation:job", args=[job.pk]),
        name=f"{job_title(job)}, {job.character.display_name}",
        picture_url=image_url(cover, "small") if cover else "",
    )


telling.tell(
    {
        "generation.job.succeeded": Words(Topic.JOBS, "images", _made, _came_back),
        "generation.job.failed": Words(
            Topic.JOBS, "warning-circle", lambda event: "Nothing could be made", _came_back
        ),
        "generation.job.canceled": Words(
            Topic.JOBS, "x-circle", lambda event: "A request was canceled", _came_back
        ),
    },
    find=_jobs,
)


# --- By mail ------------------------------------------------------------------------------------

# Whoever waits on the page sees the end there; only who went away is written to.
_UNSEEN_FOR = timedelta(minutes=5)
_PICTURES_AT_MOST = 3
_WIDTH_PX = 320


def _find_unseen(mail: OutgoingMail) -> GenerationJob | None:
    rows = GenerationJob.objects.owned_by(mail.user).filter(seen_at=None)
    return rows.select_related("character").filter(pk=mail.subject).first()


def _write_finished(mail: OutgoingMail) -> Draft | None:
    """Nothing when it was seen meanwhile, and while there is nothing that can be shown."""
    job = _find_unseen(mail)
    made = Image.objects.visible().filter(job_id=mail.subject).select_related("character")
    count = made.count() if job else 0
    if job is None or not count:
        return None
    context = {
        "count": count,
        "what": job_title(job),
        "character": job.character.display_name,
        "back": in_credits(job.credits_refunded) if job.credits_refunded else "",
        **_to_job(job, "See the picture" if count == 1 else "See the pictures"),
    }
    shown = made.order_by("position")[:_PICTURES_AT_MOST]
    return Draft("set_finished", context, [p for image in shown if (p := _picture(image))])


def _write_failed(mail: OutgoingMail) -> Draft | None:
    job = _find_unseen(mail)
    if job is None:
        return None
    context = {
        "what": job_title(job),
        "character": job.character.display_name,
        "reason": job.error_message,
        "back": in_credits(job.credits_refunded) if job.credits_refunded else "",
    }
    return Draft("job_failed", {**context, **_to_job(job, "Look at it")})


def _to_job(job: GenerationJob, label: str) -> dict[str, str]:
    return {
        "action_url": mails.address_of("generation:job", pk=str(job.pk)),
        "action_label": label,
    }


def _picture(image: Image) -> Picture | None:
    """As JPEG, since some mail programs know no WebP; None while the store does not give it out:
    the mail says as much without."""
    try:
        with files.read(image, "small") as file:
            picture = Pillow.open(io.BytesIO(file.read())).convert("RGB")
    except (OSError, BotoCoreError, ClientError):
        return None
    picture.thumbnail((_WIDTH_PX, 2 * _WIDTH_PX))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=82)
    return Picture(
        cid=f"picture-{image.pk}",
        content=buffer.getvalue(),
        alt=describe(image),
        width_px=picture.width,
        height_px=picture.height,
    )


mail_kinds.register(
    MailKind(
        "set_finished",
        _write_finished,
        label="Pictures are ready",
        help="Five minutes after the end, unless you have seen them by then.",
        after=_UNSEEN_FOR,
        if_unread=True,
    ),
    "generation.job.succeeded",
)
mail_kinds.register(
    MailKind(
        "job_failed",
        _write_failed,
        label="Something could not be made",
        help="With what came back, unless you have seen it within five minutes.",
        after=_UNSEEN_FOR,
        if_unread=True,
    ),
    "generation.job.failed",
)

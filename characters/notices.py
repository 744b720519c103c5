"""What people are told of their characters and pictures: in the inbox, and by mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from accounts import mail_kinds, mails, telling
from accounts.mail_kinds import Draft, MailKind
from accounts.models import Event, OutgoingMail, User
from accounts.telling import Thing, Topic, Words
from characters.models import Image
from characters.pictures import image_url
from characters.states import ImageReview

# What people did themselves a moment ago is no news to them.
telling.keep_silent(
    "characters.character.created",
    "characters.character.deleted",
    "characters.character.ready",
    "characters.images.binned",
    "characters.images.restored",
)


def _pictures(user: User, events: Sequence[Event]) -> Mapping[int, Thing]:
    ids = {UUID(event.subject) for event in events}
    rows = Image.objects.owned_by(user).filter(pk__in=ids).select_related("character")
    images = {str(image.pk): image for image in rows}
    return {e.pk: _thing(images[e.subject]) for e in events if e.subject in images}


def _thing(image: Image) -> Thing:
    """What is withheld or removed is not shown; its page says why."""
    is_shown = image.review == ImageReview.VISIBLE and image.binned_at is None
    return Thing(
        href=reverse("generation:image", args=[image.pk]),
        name=image.character.display_name,
        picture_url=image_url(image, "small") if is_shown else "",
    )


telling.tell(
    {
        "characters.image.withheld": Words(
            Topic.JOBS, "eye-slash", lambda event: "A picture is held back", telling.reason
        ),
        "characters.image.released": Words(
            Topic.JOBS, "eye", lambda event: "A picture can be seen again", telling.reason
        ),
        "characters.image.removed": Words(
            Topic.JOBS, "trash", lambda event: "A picture was removed", telling.reason
        ),
    },
    find=_pictures,
)


# --- By mail ------------------------------------------------------------------------------------

_TEMPLATES = {
    "characters.image.withheld": "picture_withheld",
    "characters.image.released": "picture_released",
    "characters.image.removed": "picture_removed",
}


def _write_decision(mail: OutgoingMail) -> Draft | None:
    """What was decided and why; nothing once the picture is gone."""
    rows = Image.objects.owned_by(mail.user).select_related("character")
    image = rows.filter(pk=mail.subject).first()
    if image is None:
        return None
    return Draft(
        _TEMPLATES[mail.told],
        {
            "character": image.character.display_name,
            "reason": mail.data["reason"],
            "action_url": mails.address_of("generation:image", pk=str(image.pk)),
            "action_label": "Look at it",
        },
    )


mail_kinds.register(
    MailKind(
        "picture_decision",
        _write_decision,
        label="Decisions about your pictures",
        help="When staff hold a picture back, release it or remove it, with the reason.",
    ),
    *_TEMPLATES,
)

"""Every state machine, walked over its whole from × to square against the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import User
from billing.models import Subscription
from billing.states import SUBSCRIPTION_TRANSITIONS
from characters.models import Character, Image
from characters.states import CHARACTER_TRANSITIONS, IMAGE_TRANSITIONS
from generation.models import GenerationJob, JobItem
from generation.states import ITEM_ENDED, ITEM_TRANSITIONS, JOB_TRANSITIONS, ItemStatus
from ryla.lib.ids import new_id
from ryla.lib.states import IllegalTransition, Transitions, transition, try_transition
from tests.builders import make_character, make_image, make_user


def words(table: Transitions) -> list[str]:
    return sorted({*table, *(word for origins in table.values() for word in origins)})


def squares(table: Transitions) -> list[tuple[str, str]]:
    return [(origin, to) for origin in words(table) for to in words(table)]


def character_in(user: User, status: str) -> Character:
    character = make_character(owner=user, ready=True)
    Character.objects.filter(pk=character.pk).update(status=status)
    character.refresh_from_db()
    return character


def image_in(user: User, review: str) -> Image:
    image = make_image(character=make_character(owner=user))
    Image.objects.filter(pk=image.pk).update(review=review)
    image.refresh_from_db()
    return image


def _job_fields(status: str) -> dict[str, Any]:
    now = timezone.now()
    return {"finished_at": now if status in ITEM_ENDED else None}


def item_in(user: User, status: str) -> JobItem:
    return JobItem.objects.create(
        job=job_in(user, "queued"),
        owner=user,
        provider="fake",
        position=0,
        request={},
        status=status,
        **_job_fields(status),
    )


def job_in(user: User, status: str) -> GenerationJob:
    return GenerationJob.objects.create(
        owner=user,
        character=make_character(owner=user),
        recipe="studio",
        provider="fake",
        request_key=str(new_id()),
        request_hash="0" * 64,
        count=1,
        status=status,
        **_job_fields(status),
    )


def subscription_in(user: User, status: str) -> Subscription:
    return Subscription.objects.create(
        user=user, plan="pro", interval="month", amount_minor=4900, currency="EUR", status=status
    )


def walk(
    make: Callable[[User, str], models.Model],
    table: Transitions,
    origin: str,
    to: str,
    **changes: Any,
) -> None:
    instance = make(make_user(), origin)
    allowed = origin in table.get(to, frozenset())
    assert try_transition(instance, to, table, **changes) is allowed
    instance.refresh_from_db()
    assert instance.status == (to if allowed else origin)  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "to"), squares(CHARACTER_TRANSITIONS))
def test_character_moves_only_as_its_table_says(origin: str, to: str) -> None:
    walk(character_in, CHARACTER_TRANSITIONS, origin, to)


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "to"), squares(JOB_TRANSITIONS))
def test_job_moves_only_as_its_table_says(origin: str, to: str) -> None:
    walk(job_in, JOB_TRANSITIONS, origin, to, **_job_fields(to))


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "to"), squares(ITEM_TRANSITIONS))
def test_item_moves_only_as_its_table_says(origin: str, to: str) -> None:
    walk(item_in, ITEM_TRANSITIONS, origin, to, **_job_fields(to))


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "to"), squares(SUBSCRIPTION_TRANSITIONS))
def test_subscription_moves_only_as_its_table_says(origin: str, to: str) -> None:
    walk(subscription_in, SUBSCRIPTION_TRANSITIONS, origin, to)


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "to"), squares(IMAGE_TRANSITIONS))
def test_image_review_moves_only_as_its_table_says(origin: str, to: str) -> None:
    image = image_in(make_user(), origin)
    allowed = origin in IMAGE_TRANSITIONS.get(to, frozenset())
    assert try_transition(image, to, IMAGE_TRANSITIONS, field="review") is allowed
    image.refresh_from_db()
    assert image.review == (to if allowed else origin)


@pytest.mark.django_db
def test_transition_refused_raises_and_changes_nothing(user: User) -> None:
    job = job_in(user, "succeeded")
    with pytest.raises(IllegalTransition):
        transition(job, "queued", JOB_TRANSITIONS, finished_at=None)
    job.refresh_from_db()
    assert job.status == "succeeded"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "model", "status"),
    [
        (character_in, Character, "draft"),
        (job_in, GenerationJob, "queued"),
        (item_in, JobItem, "queued"),
        (subscription_in, Subscription, "active"),
    ],
)
def test_unknown_status_word_is_refused_by_the_database(
    user: User, make: Callable[[User, str], models.Model], model: type[models.Model], status: str
) -> None:
    instance = make(user, status)
    with pytest.raises(IntegrityError), transaction.atomic():
        model._default_manager.filter(pk=instance.pk).update(status="nonsense")


@pytest.mark.django_db
def test_moved_object_says_what_its_row_says(user: User) -> None:
    item = item_in(user, "queued")
    item.attempts = 7  # what the database works out does not start from here
    later = timezone.now()
    assert try_transition(
        item,
        ItemStatus.CLAIMED,
        ITEM_TRANSITIONS,
        claimed_at=later,
        attempts=models.F("attempts") + 1,
    )
    row = JobItem.objects.get(pk=item.pk)
    assert (item.status, item.claimed_at, item.attempts) == ("claimed", later, 1)
    assert (row.status, row.claimed_at, row.attempts) == ("claimed", later, 1)

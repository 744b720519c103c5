"""Posts: made of pictures, worded, planned in one's own time, packed, and followed by calendars."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from PIL import Image as Pillow

from accounts.models import User
from accounts.services import close_account, end_all_sessions, set_timezone
from characters import feeds, post_exports, posts
from characters.calendar import Period, read_calendar
from characters.captions.templates import ARCHETYPES, QUESTIONS, TRAITS
from characters.catalogue import get_catalogue
from characters.models import Character, Image, Post
from characters.services import bin_images, withhold_image
from characters.states import POST_TRANSITIONS
from ryla.lib.errors import Conflict, DomainError, InvalidInput
from tests.builders import PASSWORD, make_block, make_character, make_image, make_user

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
NOON = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True, name="Mara Vale", handle="mara")


@pytest.fixture
def image(character: Character) -> Image:
    return make_image(character=character, content=make_block(1080, 1350, "#c0506a"))


@pytest.fixture
def post(user: User, image: Image) -> Post:
    return posts.create_post(owner=user, images=[image], platform="instagram-portrait")


def url(name: str, *args: Any) -> str:
    return reverse(f"characters:{name}", args=args)


def form_of(post: Post, **changes: str) -> dict[str, str]:
    said = {"platform": post.platform, "caption": "", "hashtags": "", "day": "", "clock": ""}
    return {**said, **changes}


def again(post: Post) -> Post:
    return Post.objects.with_pictures().select_related("owner", "character").get(pk=post.pk)


# --- Making --------------------------------------------------------------------------------------


def test_ticked_pictures_become_a_post(user: User, image: Image, client_of: SignIn) -> None:
    second = make_image(character=image.character)
    data = {"image": [str(second.pk), str(image.pk)]}
    answer = client_of(user).post(url("new_post"), data)
    made = Post.objects.get()
    assert answer["Location"] == url("post", made.pk)
    shown = list(made.pictures.order_by("position").values_list("image_id", flat=True))
    assert shown == sorted([image.pk, second.pk])


@pytest.mark.parametrize("case", ["none", "two characters", "binned", "another's", "too many"])
def test_pictures_that_make_no_post_are_refused(
    user: User, stranger: User, image: Image, case: str
) -> None:
    def other(owner: User) -> Image:
        return make_image(character=make_character(owner=owner, ready=True, handle=""))

    images = {
        "none": list,
        "two characters": lambda: [image, other(user)],
        "binned": lambda: [image],
        "another's": lambda: [other(stranger)],
        "too many": lambda: [image] * 11,
    }[case]()
    if case == "binned":
        Image.objects.filter(pk=image.pk).update(binned_at=timezone.now())
        image.refresh_from_db()
    with pytest.raises(InvalidInput) as refused:
        posts.create_post(owner=user, images=images)
    assert refused.value.field == "images"
    assert not Post.objects.exists()


def test_account_holds_so_many_posts(
    user: User, image: Image, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posts, "MAX_POSTS", 1)
    with pytest.raises(Conflict, match="at most 1 posts"):
        posts.create_post(owner=user, images=[image])


def test_states_move_as_their_table_says(post: Post) -> None:
    assert set(POST_TRANSITIONS) == {"draft", "planned", "posted"}
    posts.schedule_post(post=post, scheduled_at=NOON)
    assert again(post).status == "planned"
    posts.mark_posted(post=post)
    with pytest.raises(Conflict):
        posts.schedule_post(post=post, scheduled_at=NOON + timedelta(days=1))
    posts.unmark_posted(post=post)
    assert (again(post).status, again(post).scheduled_at) == ("planned", NOON)
    posts.schedule_post(post=post, scheduled_at=None)
    assert (again(post).status, again(post).calendar_at) == ("draft", None)


def test_database_holds_what_a_post_is(post: Post) -> None:
    for wrong in (
        {"status": "planned"},
        {"status": "posted"},
        {"scheduled_at": NOON},
        {"status": "odd"},
        {"hashtags": ["x"] * 31},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.filter(pk=post.pk).update(**wrong)


# --- The editor ----------------------------------------------------------------------------------


def test_editor_saves_words_platform_and_hour_of_the_own_zone(
    user: User, post: Post, client_of: SignIn
) -> None:
    set_timezone(user=user, timezone="Europe/Berlin")
    data = form_of(
        post, caption="Hello", hashtags="#One, two #one", day="2027-07-01", clock="18:30"
    )
    answer = client_of(user).post(url("post", post.pk), data)
    assert answer["Location"] == url("post", post.pk)
    saved = again(post)
    assert (saved.caption, [tag.lower() for tag in saved.hashtags]) == ("Hello", ["one", "two"])
    assert saved.scheduled_at == datetime(2027, 7, 1, 16, 30, tzinfo=UTC)
    html = client_of(user).get(url("post", post.pk)).content.decode()
    assert 'value="18:30"' in html
    assert "Thu 1 Jul 2027, 18:30" in html


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"platform": "myspace"}, "platform"),
        ({"caption": "x" * 2201}, "caption"),
        ({"hashtags": " ".join(f"tag{n}" for n in range(31))}, "hashtags"),
        ({"day": "soon"}, "day"),
        ({"clock": "18:30"}, "day"),
        ({"day": "2027-03-28", "clock": "02:30"}, "clock"),  # the clocks go forward
    ],
)
def test_editor_names_the_field_that_is_wrong_and_keeps_what_was_typed(
    user: User, post: Post, client_of: SignIn, changes: dict[str, str], field: str
) -> None:
    set_timezone(user=user, timezone="Europe/Berlin")
    data = form_of(post, **{"caption": "Kept words", **changes})
    answer = client_of(user).post(url("post", post.pk), data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert again(post).caption == ""
    assert "caption" in changes or "Kept words" in answer.content.decode()


def test_suggested_words_leave_the_typed_ones_to_be_had_back(
    user: User, post: Post, client_of: SignIn
) -> None:
    browser = client_of(user)
    address = url("post", post.pk)
    data = form_of(post, caption="My words", hashtags="#mine")
    page = browser.post(address, {**data, "go": "suggest", "number": "0"})
    form = page.context["form"]
    assert form["caption"].value() not in ("", "My words")
    assert page.context["was"] == {"was_caption": "My words", "was_hashtags": "#mine"}
    assert again(post).caption == ""
    sent = {**data, "caption": form["caption"].value(), **page.context["was"], "go": "take_back"}
    back = browser.post(address, sent)
    assert back.context["form"]["caption"].value() == "My words"
    assert "without an AI model" in back.content.decode()


def test_suggestions_are_the_same_for_the_same_number_and_differ_between(post: Post) -> None:
    found = [posts.suggest_words(post=post, number=n) for n in range(8)]
    assert found == [posts.suggest_words(post=post, number=n) for n in range(8)]
    assert len({one.caption for one in found}) > 4
    assert all("aigenerated" in one.hashtags for one in found)


def test_lines_know_every_archetype_and_trait_of_the_catalogue() -> None:
    catalogue = get_catalogue(1)
    assert set(catalogue["archetype"].by_slug) == set(ARCHETYPES) == set(QUESTIONS)
    assert set(catalogue["personality"].by_slug) == set(TRAITS)


def test_pictures_are_moved_and_taken_out(user: User, post: Post, client_of: SignIn) -> None:
    second = make_image(character=post.character)
    posts.add_pictures(post=post, images=[second])
    first = again(post).pictures.all()[0]
    browser = client_of(user)
    address = url("post_picture", post.pk, first.pk)
    browser.post(address, {"do": "later"})
    assert [p.image_id for p in again(post).pictures.all()] == [second.pk, first.image_id]
    browser.post(address, {"do": "remove"})
    assert [p.image_id for p in again(post).pictures.all()] == [second.pk]
    with pytest.raises(InvalidInput):
        posts.remove_picture(post=post, picture_id=again(post).pictures.all()[0].pk)


def test_marking_is_taken_back_and_deleting_asks(user: User, post: Post, client_of: SignIn) -> None:
    browser = client_of(user)
    browser.post(url("post_posted", post.pk))
    assert again(post).status == "posted"
    browser.post(url("post_posted", post.pk), {"is_posted": "0"})
    assert again(post).status == "draft"
    assert "Delete this post?" in browser.get(url("delete_post", post.pk)).content.decode()
    assert Post.objects.exists()
    browser.post(url("delete_post", post.pk))
    assert not Post.objects.exists()
    assert Image.objects.exists()


def test_picture_in_the_bin_is_said_and_not_packed(
    user: User, post: Post, image: Image, client_of: SignIn
) -> None:
    bin_images(owner=user, images=[image])
    browser = client_of(user)
    assert "Picture 1 is in the bin." in browser.get(url("post", post.pk)).content.decode()
    html = browser.get(url("post_package", post.pk), follow=True).content.decode()
    assert "Nothing was packed." in html


def test_picture_that_is_held_back_or_gone_is_said(user: User, post: Post, image: Image) -> None:
    withhold_image(image=image, reason="A logo.")
    assert posts.find_obstacles(again(post)) == ["Picture 1 is held back while it is checked."]
    Image.objects.filter(pk=image.pk).delete()
    assert posts.find_obstacles(again(post)) == ["Picture 1 is gone for good."]


# --- The calendar --------------------------------------------------------------------------------


def test_calendar_shows_a_post_on_its_day_of_the_own_zone(
    user: User, post: Post, client_of: SignIn
) -> None:
    set_timezone(user=user, timezone="Pacific/Auckland")
    posts.schedule_post(post=post, scheduled_at=NOON)  # the 11th, one in the night, there
    page = client_of(user).get(url("calendar"), {"view": "month", "on": "2027-03-01"})
    days = {day["date"]: day["posts"] for week in page.context["weeks"] for day in week}
    assert [card["id"] for card in days[date(2027, 3, 11)]] == [str(post.pk)]
    assert '<span class="num">01:00</span>' in page.content.decode()


@pytest.mark.parametrize(
    ("view", "on", "first", "last"),
    [
        ("month", date(2027, 2, 10), date(2027, 2, 1), date(2027, 2, 28)),
        ("month", date(2026, 11, 24), date(2026, 10, 26), date(2026, 12, 6)),
        ("week", date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 29)),
    ],
)
def test_period_has_whole_weeks_from_monday(view: str, on: date, first: date, last: date) -> None:
    period = Period.of(view, on)
    assert (period.first, period.last) == (first, last)
    assert period.previous < on < period.next


def test_calendar_says_when_it_does_not_show_all(
    user: User, image: Image, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("characters.calendar.POSTS_MAX", 1)
    for hour in (0, 1):
        at = NOON + timedelta(hours=hour)
        posts.create_post(owner=user, images=[image], scheduled_at=at)
    period = Period.of("month", date(2027, 3, 1))
    shown = read_calendar(owner=user, period=period, today=date(2027, 3, 1))
    assert (shown.is_cut, shown.count) == (True, 1)


def test_calendar_asks_as_much_for_three_posts_as_for_one(
    user: User, image: Image, client_of: SignIn
) -> None:
    browser = client_of(user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get(url("calendar"), {"on": "2027-03-01"})
        return len(asked)

    queries()
    posts.create_post(owner=user, images=[image], scheduled_at=NOON)
    with_one = queries()
    for _ in range(2):
        posts.create_post(owner=user, images=[image], scheduled_at=NOON)
    assert queries() == with_one


def test_nonsense_in_the_address_is_the_month_of_now(user: User, client_of: SignIn) -> None:
    for query in ({"on": "x"}, {"view": "year"}, {"on": "0001-01-01"}, {"character": "x"}):
        assert client_of(user).get(url("calendar"), query).status_code == 200


def test_post_is_moved_at_the_same_hour(user: User, post: Post, client_of: SignIn) -> None:
    set_timezone(user=user, timezone="Europe/Berlin")
    posts.schedule_post(post=post, scheduled_at=datetime(2027, 3, 27, 17, 0, tzinfo=UTC))
    browser = client_of(user)
    said = browser.post(
        url("move_post", post.pk), {"by": "1"}, headers={"X-Requested-With": "fetch"}
    ).json()
    assert said["said"] == "Moved to Sunday, 28 March 2027, 18:00."
    assert again(post).scheduled_at == datetime(2027, 3, 28, 16, 0, tzinfo=UTC)
    browser.post(url("move_post", post.pk), {"day": ""})
    assert again(post).status == "draft"
    browser.post(url("move_post", post.pk), {"day": "2027-04-01"})
    assert again(post).scheduled_at == datetime(2027, 4, 1, 10, 0, tzinfo=UTC)
    refused = browser.post(
        url("move_post", post.pk), {"day": "x"}, headers={"X-Requested-With": "fetch"}
    )
    assert refused.status_code == 400


# --- For calendar programs -----------------------------------------------------------------------


def feed_path(user: User) -> str:
    return url("calendar_feed", feeds.token_of(feeds.renew_feed(owner=user)))


def test_feed_tells_the_plan_in_utc_and_only_when_it_is_new(
    user: User, post: Post, client: Client
) -> None:
    with time_machine.travel(NOON - timedelta(days=1), tick=False):
        posts.update_post(post=post, caption="Line one\nLine; two", hashtags=["one"])
        posts.schedule_post(post=post, scheduled_at=NOON)
        path = feed_path(user)
        answer = client.get(path)
        (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert event.decoded("dtstart") == NOON
        assert str(event["description"]) == "Line one\nLine; two\n\n#one"
        assert str(event["summary"]) == "Mara Vale, Instagram, portrait"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "no-referrer"
        known = {"If-None-Match": answer["ETag"]}
        assert client.get(path, headers=known).status_code == 304
        posts.move_post(post=post, day=date(2027, 3, 11))
        (moved,) = Calendar.from_ical(client.get(path, headers=known).content).walk("VEVENT")
        assert moved["uid"] == event["uid"]
        assert int(moved["sequence"]) > int(event["sequence"])


def test_feed_ends_with_its_address_and_with_the_sessions(
    user: User, client: Client, client_of: SignIn
) -> None:
    first = feed_path(user)
    assert client.get(first).status_code == 200
    second = feed_path(user)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    end_all_sessions(user=user)
    assert client.get(second).status_code == 404
    browser = client_of(User.objects.get(pk=user.pk))
    browser.post(url("calendar_address"))
    page = browser.get(url("calendar")).content.decode()
    third = re.search(r"/calendar/[^\"]+\.ics", page)
    assert third
    assert client.get(third[0]).status_code == 200
    browser.post(url("calendar_address"), {"do": "end"})
    assert client.get(third[0]).status_code == 404


def test_forged_address_is_nowhere(user: User, client: Client, settings: Any) -> None:
    path = feed_path(user)
    assert client.get(path.replace(path[-8], "0" if path[-8] != "0" else "1")).status_code == 404
    assert client.get(url("calendar_feed", "nonsense")).status_code == 404
    settings.CALENDAR_MISSES_PER_HOUR = 1
    assert {client.get(url("calendar_feed", "x")).status_code for _ in range(3)} == {404, 429}
    settings.CALENDAR_READS_PER_HOUR = 1
    assert [client.get(path).status_code for _ in range(2)] == [200, 429]


def test_feed_of_a_closed_account_is_nowhere(user: User, client: Client, post: Post) -> None:
    path = feed_path(user)
    close_account(user=user, password=PASSWORD)
    assert client.get(path).status_code == 404
    assert not Post.objects.exists()


# --- Packages ------------------------------------------------------------------------------------


def test_package_has_the_right_size_words_and_label(
    user: User, post: Post, client_of: SignIn
) -> None:
    posts.update_post(post=post, caption="Hello", hashtags=["one"])
    answer = client_of(user).get(url("post_package", post.pk))
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as packed:  # type: ignore[arg-type]
        names = packed.namelist()
        (folder,) = {name.split("/")[0] for name in names if "/" in name}
        assert packed.read(f"{folder}/caption.txt").decode() == "Hello\n\n#one\n"
        assert "made with ai" in packed.read(f"{folder}/ai-label.txt").decode().lower()
        assert Pillow.open(io.BytesIO(packed.read(f"{folder}/01.jpg"))).size == (1080, 1350)
        manifest = json.loads(packed.read("manifest.json"))
        assert manifest["posts"][0]["missing"] == []
    assert folder.startswith("draft_mara_instagram-portrait_")


def test_days_are_packed_together_and_limited(
    user: User, post: Post, client_of: SignIn, settings: Any
) -> None:
    settings.POST_PACKAGES_PER_HOUR = 1
    posts.schedule_post(post=post, scheduled_at=NOON)
    browser = client_of(user)
    days = {"since": "2027-03-01", "until": "2027-03-31"}
    answer = browser.get(url("package_posts"), days)
    b"".join(answer)  # type: ignore[arg-type]
    assert answer["Content-Type"] == "application/zip"
    assert browser.get(url("package_posts"), days)["Location"] == url("calendar")
    for wrong in ({"since": "x"}, {"since": "2028-01-01", "until": "2028-01-02"}):
        assert browser.get(url("package_posts"), wrong)["Location"] == url("calendar")


def test_too_much_at_once_is_refused(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post_exports, "PICTURES_MAX", 0)
    with pytest.raises(DomainError, match="At most 0 pictures"):
        post_exports.require_packable([again(post)])


# --- Pages ---------------------------------------------------------------------------------------


def test_tab_and_calendar_say_what_to_do_while_there_is_nothing(
    user: User, character: Character, client_of: SignIn
) -> None:
    browser = client_of(user)
    assert "No posts yet" in browser.get(url("posts", character.pk)).content.decode()
    assert "Nothing is planned" in browser.get(url("calendar")).content.decode()


def test_tab_shows_the_posts_of_its_character(user: User, post: Post, client_of: SignIn) -> None:
    html = client_of(user).get(url("posts", post.character_id)).content.decode()
    assert url("post", post.pk) in html
    other = make_user()
    assert client_of(other).get(url("posts", post.character_id)).status_code == 404


def test_time_zone_is_chosen_in_the_settings(user: User, client_of: SignIn) -> None:
    browser = client_of(user)
    data = {"profile-display_name": "Mia", "profile-timezone": "Europe/Berlin"}
    browser.post(reverse("accounts:profile"), data)
    user.refresh_from_db()
    assert (user.timezone, user.display_name) == ("Europe/Berlin", "Mia")
    refused = browser.post(reverse("accounts:profile"), {**data, "profile-timezone": "Mars/Base"})
    assert "timezone" in refused.context["profile_form"].errors
    assert time(12) == posts.USUAL_HOUR

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from billing.services import get_account
from characters.models import Image
from characters.services import bin_images, withhold_image
from generation import fair_share
from generation.models import GenerationJob, JobItem
from generation.services import cancel_job
from tests.builders import (
    give_credits,
    make_character,
    make_image,
    make_user,
    request_job,
    run_jobs,
    with_scripts,
)
from tests.generation.history import make_history

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def job_url(job: GenerationJob) -> str:
    return reverse("generation:job", args=[job.pk])


def page_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_job_waiting_shows_a_place_per_picture_in_its_shape(user: User, client_of: SignIn) -> None:
    job = request_job(make_character(owner=user, ready=True), count=3, format="9:16")
    html = page_of(client_of(user), job_url(job))
    assert html.count('<svg viewBox="0 0 1024 1820"></svg>') == 3
    assert "Waiting for its turn." in html
    assert "120 credits charged. What is not delivered comes back." in html
    assert "Canceling now gives back 120 credits." in html
    assert '<noscript><meta http-equiv="refresh"' in html
    fragment = reverse("generation:job_fragment", args=[job.pk])
    assert f'data-refresh="{fragment}"' in html
    assert f'data-refresh-subject="{job.pk}"' in html


def test_job_half_done_shows_what_is_there_and_what_canceling_returns(
    user: User, client_of: SignIn
) -> None:
    job = request_job(make_character(owner=user, ready=True), count=2)
    with_scripts(job, "", "slow:60")
    run_jobs()
    html = page_of(client_of(user), reverse("generation:job_fragment", args=[job.pk]))
    assert re.search(r'<progress[^>]* max="2" value="1">', html)
    assert (html.count('class="shot"'), html.count('class="skeleton"')) == (1, 1)
    assert "Canceling now gives back 40 credits." in html
    assert 'data-announce="1 of 2 are ready"' in html


def test_job_done_offers_what_comes_next_and_stops_refreshing(
    user: User, client_of: SignIn
) -> None:
    character = make_character(owner=user, ready=True)
    job = request_job(character, count=2, scene="rooftop", pose="waving", seed=5)
    run_jobs()
    html = page_of(client_of(user), job_url(job))
    assert "data-refresh=" not in html.split('id="job-')[1].split("</section>")[0]
    assert "<noscript>" not in html
    assert "All 2 are ready." in html
    assert "It cost 80 credits." in html
    download = reverse("characters:download_set", args=[character.pk])
    assert f'href="{download}?job={job.pk}"' in html
    again = re.search(rf'href="{reverse("generation:studio", args=[character.pk])}\?([^"]+)"', html)
    assert again
    query = again.group(1).replace("&amp;", "&").split("&")
    assert {"scene=rooftop", "pose=waving", "count=2"} <= set(query)
    assert not any(part.startswith("seed=") for part in query)


def test_job_that_failed_says_why_and_that_it_cost_nothing(user: User, client_of: SignIn) -> None:
    job = request_job(make_character(owner=user, ready=True), prompt="fail:nope")
    run_jobs()
    client = client_of(user)
    html = page_of(client, job_url(job))
    assert "The provider could not make this picture." in html
    assert "All 40 credits came back. It cost you nothing." in html
    answers = [client.post(reverse("generation:retry", args=[job.pk])) for _ in range(2)]
    again = GenerationJob.objects.exclude(pk=job.pk).get()
    assert {answer["Location"] for answer in answers} == {job_url(again)}
    assert get_account(user).balance == 460


def test_job_half_delivered_names_both_sums_and_can_be_completed(
    user: User, client_of: SignIn
) -> None:
    job = request_job(make_character(owner=user, ready=True), count=2)
    with_scripts(job, "", "fail:oom")
    run_jobs()
    html = page_of(client_of(user), job_url(job))
    assert "One picture of 2 came out. The provider could not make this picture." in html
    assert "40 credits of 80 came back. You paid 40 for one picture." in html
    assert "Make the missing 1 for 40 credits" in html


def test_job_canceled_returns_the_credits_and_says_so(user: User, client_of: SignIn) -> None:
    client = client_of(user)
    job = request_job(make_character(owner=user, ready=True), count=2)
    answer = client.post(reverse("generation:cancel", args=[job.pk]), follow=True)
    html = answer.content.decode()
    assert answer.redirect_chain[-1][0] == job_url(job)
    assert "Canceled. 80 credits are back." in html
    assert "You canceled it before anything was made." in html
    assert get_account(user).balance == 500


def test_job_canceled_too_late_says_so(user: User, client_of: SignIn) -> None:
    job = request_job(make_character(owner=user, ready=True))
    run_jobs()
    answer = client_of(user).post(reverse("generation:cancel", args=[job.pk]), follow=True)
    assert "This job has already ended." in answer.content.decode()


def test_job_of_faces_leads_back_to_the_choice(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user)
    job = request_job(character, recipe="base_faces")
    client = client_of(user)
    canceled = client.post(reverse("generation:cancel", args=[job.pk]))
    faces = reverse("generation:faces", args=[character.pk])
    assert canceled["Location"] == faces
    done = request_job(character, recipe="base_faces")
    run_jobs()
    assert f'href="{faces}"' in page_of(client, job_url(done))


def test_job_pictures_withheld_or_binned_are_not_shown(user: User, client_of: SignIn) -> None:
    job = request_job(make_character(owner=user, ready=True), count=3)
    run_jobs()
    shown, withheld, binned = Image.objects.filter(job_id=job.pk).order_by("position")
    withhold_image(image=withheld, reason="A check")
    bin_images(owner=user, images=[binned])
    html = page_of(client_of(user), job_url(job))
    assert "Held back while it is checked" in html
    assert "2 of 3 can be shown; one is held back." in html
    assert "All 3 are ready" not in html
    assert reverse("characters:favourite", args=[withheld.pk]) not in html
    files = {
        i: reverse("characters:image_file", args=[i.pk, "large"]) in html
        for i in (shown, withheld, binned)
    }
    assert files == {shown: True, withheld: False, binned: False}


def test_jobs_are_closed_to_strangers(user: User, stranger: User, client_of: SignIn) -> None:
    job = request_job(make_character(owner=user, ready=True))
    client = client_of(stranger)
    for name in ("job", "job_fragment"):
        assert client.get(reverse(f"generation:{name}", args=[job.pk])).status_code == 404
    for name in ("cancel", "retry"):
        assert client.post(reverse(f"generation:{name}", args=[job.pk])).status_code == 404
    of_character = reverse("generation:character_jobs", args=[job.character_id])
    assert client.get(of_character).status_code == 404
    assert str(job.pk) not in page_of(client, reverse("generation:jobs"))
    job.refresh_from_db()
    assert job.status == "queued"


def test_jobs_list_shows_live_ones_first_and_refreshes(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    canceled = cancel_job(job=request_job(character))
    live = request_job(character)
    html = page_of(client_of(user), reverse("generation:jobs"))
    assert html.index(job_url(live)) < html.index(job_url(canceled))
    assert f'data-refresh="{reverse("generation:jobs_fragment")}"' in html


def test_jobs_list_empty_says_what_will_be_there(user: User, client_of: SignIn) -> None:
    html = page_of(client_of(user), reverse("generation:jobs"))
    assert "Nothing was made yet" in html
    assert html.count("data-refresh=") == 1  # the bell's


def test_jobs_history_goes_page_by_page_and_back(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    jobs = [cancel_job(job=request_job(character)) for _ in range(45)]
    jobs.reverse()
    client = client_of(user)

    def listed(html: str) -> list[str]:
        return re.findall(r'row__title"><a href="/jobs/([^/]+)/"', html)

    def link(html: str, rel: str) -> str:
        found = re.search(rf'href="([^"]+)" rel="{rel}"', html)
        assert found
        return found.group(1).replace("&amp;", "&")

    first = page_of(client, reverse("generation:jobs"))
    second = page_of(client, link(first, "next"))
    third = page_of(client, link(second, "next"))
    assert [len(listed(page)) for page in (first, second, third)] == [20, 20, 5]
    assert listed(first) + listed(second) + listed(third) == [str(job.pk) for job in jobs]
    assert 'rel="next"' not in third
    assert listed(page_of(client, link(third, "prev"))) == listed(second)
    assert listed(page_of(client, reverse("generation:jobs") + "?before=nonsense")) == listed(first)


def test_jobs_fragment_leads_to_pages_and_not_to_fragments(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    for _ in range(21):
        cancel_job(job=request_job(character))
    request_job(character)
    html = page_of(client_of(user), reverse("generation:jobs_fragment"))
    assert f'href="{reverse("generation:jobs")}?before=' in html
    assert f'href="{reverse("generation:jobs_fragment")}' not in html


def test_jobs_list_takes_the_same_queries_for_one_and_for_many(
    user: User, client_of: SignIn
) -> None:
    give_credits(user, 1000)
    character = make_character(owner=user, ready=True)
    client = client_of(user)
    client.get(reverse("generation:jobs"))  # notes the session as seen

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(reverse("generation:jobs"))
        return len(captured)

    request_job(character)
    run_jobs()
    one = queries()
    for _ in range(4):
        request_job(character)
    run_jobs()
    request_job(character)
    assert queries() == one


def test_character_fragment_is_the_same_element_with_and_without_jobs(
    user: User, client_of: SignIn
) -> None:
    character = make_character(owner=user, ready=True)
    client, url = client_of(user), reverse("generation:character_jobs", args=[character.pk])
    opening = (
        f'<div id="jobs-of-{character.pk}" data-refresh="{url}"'
        f' data-refresh-on="generation.job generation.image" data-refresh-subject="{character.pk}"'
    )
    empty = page_of(client, url).strip()
    assert empty == f"{opening}></div>"
    job = request_job(character, count=2)
    live = page_of(client, url).strip()
    assert live.startswith(opening)
    assert '<span class="progress__detail">0 of 2</span>' in live
    run_jobs()
    ended = page_of(client, url)
    assert "All 2 are ready." in ended
    assert job_url(job) in ended


# --- Position, time, timeline -------------------------------------------------------------------


def fragment_url(job: GenerationJob) -> str:
    return reverse("generation:job_fragment", args=[job.pk])


def words_of(html: str) -> str:
    found = re.search(r'<p class="job-standing">(.*?)</p>', html)
    return found.group(1) if found else ""


def test_job_waiting_tells_its_place_and_the_time(user: User, client_of: SignIn) -> None:
    for _ in range(2):
        request_job(make_character(owner=make_user(), ready=True), prompt="slow:60")
    character = make_character(owner=user, ready=True)
    client = client_of(user)
    job = request_job(character)
    assert words_of(page_of(client, fragment_url(job))) == "2 pictures are before it."
    make_history(character, [20] * 9 + [35] * 3)
    assert words_of(page_of(client, fragment_url(job))) == (
        "2 pictures are before it. About 20–35 s to go."
    )


def test_job_paused_tells_why_on_its_page(user: User, client_of: SignIn) -> None:
    job = request_job(make_character(owner=user, ready=True))
    fair_share.pause_provider("fake", reason="A <new> card is being fitted.")
    html = page_of(client_of(user), fragment_url(job))
    assert words_of(html).startswith("Paused: A &lt;new&gt; card is being fitted. What waits keeps")


def test_job_behind_the_plans_cap_says_so(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    request_job(character, prompt="slow:60")
    job = request_job(character)
    run_jobs()
    html = page_of(client_of(user), fragment_url(job))
    assert words_of(html).startswith("Your plan makes 1 at a time. This starts when one before")


def test_job_done_holds_what_was_said_against_what_it_took(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    make_history(character, [20] * 9 + [38] * 3)
    job = request_job(character)
    run_jobs()
    began = GenerationJob.objects.get(pk=job.pk).finished_at - timedelta(seconds=31)
    GenerationJob.objects.filter(pk=job.pk).update(created_at=began)
    assert "We said 20–40 s; it took 31 s." in page_of(client_of(user), job_url(job))


def test_job_later_than_was_said_admits_it(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    make_history(character, [20] * 10)
    job = request_job(character, prompt="slow:600")
    run_jobs()
    client = client_of(user)
    assert "longer than" not in page_of(client, job_url(job))
    past = timezone.now() - timedelta(seconds=60)
    GenerationJob.objects.filter(pk=job.pk).update(created_at=past)
    JobItem.objects.filter(job=job).update(claimed_at=past)
    html = page_of(client, job_url(job))
    assert "It takes longer than the 20 s we said." in html
    assert words_of(html) == ""


def test_job_without_history_says_nothing_of_time(user: User, client_of: SignIn) -> None:
    job = request_job(make_character(owner=user, ready=True))
    run_jobs()
    assert "We said" not in page_of(client_of(user), job_url(job))


def test_job_page_shows_the_steps_it_passed(user: User, client_of: SignIn) -> None:
    job = request_job(make_character(owner=user, ready=True), count=2)
    with_scripts(job, "", "fail:oom")
    run_jobs()
    html = page_of(client_of(user), job_url(job))
    timeline = html.split(f'id="timeline-{job.pk}"')[1].split("</details>")[0]
    assert re.findall(r"<dt>([^<]+)</dt>", timeline) == [
        "Asked for",
        "Taken up",
        "Sent to the provider",
        "First picture made",
        "Last picture delivered",
        "Picture 1",
        "Picture 2",
    ]
    assert re.search(r"<dd>Waited [\d.]+ s, made in [\d.]+ s</dd>", timeline)
    assert re.search(r"<dd>Waited [\d.]+ s, failed after [\d.]+ s</dd>", timeline)


# --- Progress -----------------------------------------------------------------------------------


def test_job_of_several_has_a_bar_per_picture_at_work_and_their_sum(
    user: User, client_of: SignIn
) -> None:
    job = request_job(make_character(owner=user, ready=True), count=3)
    with_scripts(job, "", "slow:60", "")
    run_jobs()
    working = job.items.get(position=1)
    JobItem.objects.filter(pk=working.pk).update(progress=40)
    html = page_of(client_of(user), fragment_url(job))
    assert re.findall(r'data-progress-item="([^"]+)"', html) == [str(working.pk)]
    assert f'data-progress-part="{job.pk}" max="100" value="40"' in html
    assert f'data-progress-job="{job.pk}" data-progress-done="1" max="3" value="1.40"' in html


def test_job_of_one_has_a_bar_that_follows_its_picture(user: User, client_of: SignIn) -> None:
    job = request_job(make_character(owner=user, ready=True), prompt="slow:60")
    run_jobs()
    item = job.items.get()
    client = client_of(user)
    bar = f'data-progress-item="{item.pk}" max="100"'
    assert f"{bar}>" in page_of(client, fragment_url(job))  # nothing known yet: it only moves
    JobItem.objects.filter(pk=item.pk).update(progress=40)
    assert f'{bar} value="40">' in page_of(client, fragment_url(job))


# --- Being stopped, and what comes back ---------------------------------------------------------


def test_job_being_stopped_says_so_and_offers_no_second_cancel(
    user: User, client_of: SignIn
) -> None:
    job = request_job(make_character(owner=user, ready=True), prompt="slow:60")
    run_jobs()
    client = client_of(user)
    answer = client.post(reverse("generation:cancel", args=[job.pk]), follow=True)
    html = answer.content.decode()
    assert "It is being stopped. What was not delivered comes back when it has ended." in html
    assert '<span class="status status--canceling">' in html
    assert "Being stopped" in html
    assert 'form="cancel-job"' not in html
    run_jobs()
    html = page_of(client, fragment_url(job))
    assert "All 40 credits came back. It cost you nothing." in html


def test_job_that_failed_names_the_price_of_another_try(user: User, client_of: SignIn) -> None:
    job = request_job(make_character(owner=user, ready=True), prompt="fail:nope")
    run_jobs()
    assert "Try again for 40 credits" in page_of(client_of(user), job_url(job))


# --- Polling ------------------------------------------------------------------------------------


def test_fragments_answer_304_until_something_changes(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    job = request_job(character)
    ended = cancel_job(job=request_job(character, request_key="ended"))
    client = client_of(user)
    urls = [
        fragment_url(job),
        fragment_url(ended),  # has a form whose token differs at every answer
        reverse("generation:jobs_fragment"),
        reverse("generation:character_jobs", args=[character.pk]),
    ]
    tags = {}
    for url in urls:
        first = client.get(url)
        tags[url] = first["ETag"]
        assert first["Cache-Control"] == "private, no-cache"
        again = client.get(url, HTTP_IF_NONE_MATCH=first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"]), url
    run_jobs()
    for url in urls:
        status = client.get(url, HTTP_IF_NONE_MATCH=tags[url]).status_code
        assert status == (304 if url == fragment_url(ended) else 200), url


def test_fragment_of_a_job_changes_with_what_it_shows(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    job = request_job(character, count=2)
    run_jobs()
    client = client_of(user)
    tag = client.get(fragment_url(job))["ETag"]
    image = Image.objects.filter(job_id=job.pk).first()
    assert image
    withhold_image(image=image, reason="A check")
    make_image(character=character)
    changed = client.get(fragment_url(job), HTTP_IF_NONE_MATCH=tag)
    assert changed.status_code == 200


def test_faces_fragment_answers_304(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user)
    request_job(character, recipe="base_faces")
    client, url = client_of(user), reverse("generation:faces_fragment", args=[character.pk])
    tag = client.get(url)["ETag"]
    assert client.get(url, HTTP_IF_NONE_MATCH=tag).status_code == 304
    run_jobs()
    answer = client.get(url, HTTP_IF_NONE_MATCH=tag)
    assert answer.status_code == 200
    assert client.get(url, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304

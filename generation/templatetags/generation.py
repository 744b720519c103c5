"""Jobs and pictures in plain words, and the parts that other apps' pages show of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.db.models import Q
from django.template import Context
from django.utils import timezone
from django.utils.http import urlencode

from characters.catalogue import get_catalogue
from characters.models import Character, Image
from characters.pictures import describe, image_srcset, image_url
from generation import catalogue
from generation.ending import price_of
from generation.estimates import Expected, Standing
from generation.forms import ThresholdForm
from generation.likeness import threshold_of
from generation.models import GenerationJob, JobItem, Likeness, Provenance
from generation.prompts import Phrase
from generation.recipes import RECIPES
from generation.recipes.profile_set import PICTURES
from generation.services import default_capabilities, quote
from generation.states import LIVE, ItemStatus, JobStatus
from ryla.lib.ids import new_id

register = template.Library()

QUALITY_LABELS: Mapping[str, str] = {o.slug: o.label for o in catalogue.QUALITIES.options}
_JUST_ENDED = timedelta(minutes=10)
_FIELDS = {
    "scene": catalogue.SCENES,
    "environment": catalogue.ENVIRONMENTS,
    "lighting": catalogue.LIGHTING,
    "pose": catalogue.POSES,
    "framing": catalogue.FRAMINGS,
    "expression": catalogue.EXPRESSIONS,
    "outfit": get_catalogue()["outfit_style"],
    "quality": catalogue.QUALITIES,
}
_LABELS = {
    "scene": "Scene",
    "environment": "Place",
    "lighting": "Light",
    "pose": "Pose",
    "framing": "Framing",
    "expression": "Expression",
    "outfit": "Outfit",
    "format": "Format",
    "quality": "Quality",
    "prompt": "Your words",
}
_LEFT_OPEN = {"environment": "From the scene", "lighting": "From the scene"}
# https://cv.iptc.org/newscodes/digitalsourcetype/
_SOURCE_TYPES = {
    "trainedAlgorithmicMedia": "Made by a trained AI model.",
    "algorithmicMedia": "Drawn by a program from fixed rules; no trained model and no photograph.",
    "compositeWithTrainedAlgorithmicMedia": "Put together from parts, some by a trained AI model.",
}


# By scorer and version: what its number means, and what it does not.
_SCORERS = {
    ("structure", "1"): (
        "The face is compared line by line with the base face. It tells another look; it does not "
        "tell two people of the same look."
    ),
    ("structure", "1-searched"): (
        "A rough comparison of lines and colours around where the face should be. Take your own "
        "eyes first."
    ),
    ("structure", "2"): (
        "The lines of the face, and how hair, eyes and lips differ from the skin, are compared "
        "with the base face. It tells another look; it does not tell two people of the same look."
    ),
    ("structure", "2-searched"): (
        "A rough comparison of lines and colours of what seems to be the face. Take your own eyes "
        "first."
    ),
    ("dlib-resnet", ""): "Both faces as a recognition network sees them; 50 % is its own limit.",
}


# --- Jobs ---------------------------------------------------------------------------------------


@register.filter
def job_title(job: GenerationJob) -> str:
    if job.recipe == "studio":
        scene = catalogue.SCENES.by_slug.get(job.options.get("scene", ""))
        return scene.label if scene else RECIPES[job.recipe].label
    titles = {
        "base_faces": "Three faces",
        "profile_set": f"Profile set of {PICTURES}",
        "grid": f"Grid of {job.count}",
    }
    return titles.get(job.recipe) or RECIPES[job.recipe].label


@register.filter
def job_state(job: GenerationJob) -> str:
    """The status as a sentence."""
    return _STATES[job.status](job)


def _queued(job: GenerationJob) -> str:
    return "Waiting for its turn. You can leave this page; it goes on without you."


def _running(job: GenerationJob) -> str:
    return "Being made. You can leave this page; it goes on without you."


def _canceling(job: GenerationJob) -> str:
    return "Being stopped. What was not delivered comes back in a moment."


def _succeeded(job: GenerationJob) -> str:
    held_back = Image.objects.filter(job_id=job.pk).held_back().count()
    if held_back:
        shown = f"{job.delivered_count - held_back} of {job.count} can be shown"
        return f"{shown}; {in_words(held_back)} held back. {job.error_message}".strip()
    if job.missing_count:
        return f"{pictures(job.delivered_count)} of {job.count} came out. {job.error_message}"
    return "It is ready." if job.count == 1 else f"All {job.count} are ready."


def _failed(job: GenerationJob) -> str:
    return job.error_message or "Nothing could be made of this."


def _canceled(job: GenerationJob) -> str:
    if not job.delivered_count:
        return "You canceled it before anything was made."
    ready = "was ready and stays" if job.delivered_count == 1 else "were ready and stay"
    return f"You canceled it. {pictures(job.delivered_count)} {ready} yours."


_STATES: Mapping[str, Callable[[GenerationJob], str]] = {
    JobStatus.QUEUED: _queued,
    JobStatus.RUNNING: _running,
    JobStatus.CANCELING: _canceling,
    JobStatus.SUCCEEDED: _succeeded,
    JobStatus.FAILED: _failed,
    JobStatus.CANCELED: _canceled,
}


@register.filter
def job_money(job: GenerationJob) -> str:
    """What it cost and what came back, as a sentence."""
    charged, refunded = job.credits_charged, job.credits_refunded
    if not charged:
        return "This one is free." if job.is_live else "It cost nothing."
    if job.is_live:
        return f"{in_credits(charged)} charged. What is not delivered comes back."
    if not refunded:
        return f"It cost {in_credits(charged)}."
    if refunded == charged:
        return f"All {in_credits(charged)} came back. It cost you nothing."
    return (
        f"{in_credits(refunded)} of {charged:,} came back. "
        f"You paid {charged - refunded:,} for {pictures(job.delivered_count).lower()}."
    )


@register.filter
def time_range(expected: Expected | None) -> str:
    """`about 20–40 s`; "" where nothing is known."""
    if expected is None:
        return ""
    low, high = in_time(expected.low_s), in_time(expected.high_s)
    if low == high:
        return f"about {high}"
    number, unit = low.split(" ")
    return f"about {number}–{high}" if high.endswith(f" {unit}") else f"about {low} to {high}"


def in_time(seconds: float) -> str:
    """`0.4 s`, `31 s`, `2.5 min`, `1.5 h`."""
    if seconds < 9.95:  # noqa: PLR2004
        return f"{seconds:.1f} s".replace(".0 s", " s")
    if seconds < 89.5:  # noqa: PLR2004
        return f"{round(seconds)} s"
    if seconds < 600:  # noqa: PLR2004
        return f"{round(seconds / 30) / 2:g} min"
    if seconds < 5370:  # noqa: PLR2004
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h".replace(".0 h", " h")


@register.filter
def span(since: timedelta) -> str:
    return in_time(since.total_seconds())


@register.filter
def job_standing(standing: Standing | None) -> str:
    """What a live job waits for, who is before it and how long it takes, as far as it is known."""
    if standing is None:
        return ""
    place = "" if standing.ahead is None else _place(standing.ahead)
    left = f"{time_range(standing.expected).capitalize()} to go." if standing.expected else ""
    return " ".join(part for part in (standing.reason, place, left) if part)


def _place(ahead: int) -> str:
    if not ahead:
        return "Next in line."
    return "One picture is before it." if ahead == 1 else f"{ahead:,} pictures are before it."


@register.filter
def job_promise(job: GenerationJob) -> str:
    """What was said about how long it takes, against what it took."""
    if job.promised_low_s is None or job.promised_high_s is None:
        return ""
    said = time_range(Expected(job.promised_low_s, job.promised_high_s)).removeprefix("about ")
    if job.status == JobStatus.SUCCEEDED and job.finished_at:
        return f"We said {said}; it took {span(job.finished_at - job.created_at)}."
    if job.is_live and (timezone.now() - job.created_at).total_seconds() > job.promised_high_s:
        return f"It takes longer than the {said} we said."
    return ""


@register.filter
def review_words(count: int) -> str:
    """Of a job's pictures that are less like the face than their owner asked for."""
    return "One picture needs review." if count == 1 else f"{count} pictures need review."


@register.filter
def items_in_order(job: GenerationJob) -> list[JobItem]:
    return sorted(job.items.all(), key=lambda item: item.position)


@register.filter
def item_way(item: JobItem) -> str:
    """`waited 0.2 s, made in 3.1 s`."""
    if not item.claimed_at:
        return "You canceled it" if item.status == ItemStatus.CANCELED else "Waiting"
    waited = f"Waited {span(item.claimed_at - item.created_at)}"
    if not item.finished_at:
        return f"{waited}, being made"
    took = span(item.finished_at - item.claimed_at)
    ends = {
        ItemStatus.SUCCEEDED: f"made in {took}",
        ItemStatus.CANCELED: f"stopped after {took}",
    }
    return f"{waited}, {ends.get(item.status, f'failed after {took}')}"


@register.filter
def retry_words(job: GenerationJob) -> str:
    back = job.credits_refunded
    return f"Try again for {in_credits(back)}" if back else "Try again, free"


@register.filter
def refund_if_canceled(job: GenerationJob) -> str:
    """What canceling now gives back, as a sentence."""
    back = job.credits_charged - price_of(job, job.delivered_count)
    return f"Canceling now gives back {in_credits(back)}." if back else "Canceling is free."


@register.filter
def job_announcement(job: GenerationJob) -> str:
    """What a screen reader says when it changes."""
    if job.is_live:
        return f"{job.delivered_count} of {job.count} are ready"
    return f"{job_state(job)} {job_money(job)}"


@register.filter
def ready_of(job: GenerationJob) -> str:
    return f"{job.delivered_count} of {job.count}"


@register.filter
def job_time(job: GenerationJob) -> str:
    """How long the work took, from its start: `4 s`, `2 min`."""
    if not (job.started_at and job.finished_at):
        return ""
    seconds = (job.finished_at - job.started_at).total_seconds()
    return in_time(max(1, round(seconds)))


def in_words(count: int) -> str:
    """How many, with their verb."""
    return "one is" if count == 1 else f"{count} are"


def pictures(count: int) -> str:
    return "One picture" if count == 1 else f"{count} pictures"


def in_credits(count: int) -> str:
    return f"{count:,} credit" if count == 1 else f"{count:,} credits"


# --- Pictures -----------------------------------------------------------------------------------

register.filter("alt", describe)
register.filter("srcset", image_srcset)
register.filter("file_url", image_url)


@register.filter
def picture_title(image: Image) -> str:
    scene = catalogue.SCENES.by_slug.get(image.settings.get("scene", ""))
    return scene.label if scene else "Picture"


@register.filter
def settings_in_words(chosen: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, choice) of every setting of a picture or of a studio job, in the studio's order."""
    quality_matters = len(default_capabilities().qualities) > 1
    rows = []
    for name, label in _LABELS.items():
        value = chosen.get(name)
        if name == "quality" and not quality_matters:
            continue
        if value or name in _LEFT_OPEN:
            rows.append((label, _in_words(name, value)))
    return rows


def setting_in_words(name: str, value: Any) -> str:
    """`Scene: Café`."""
    return f"{_LABELS.get(name, name.capitalize())}: {_in_words(name, value)}"


def _in_words(name: str, value: Any) -> str:
    if not value:
        return _LEFT_OPEN[name]
    if name == "format" and value in catalogue.FORMATS:
        return f"{catalogue.FORMATS[value].label} {value}"
    option = _FIELDS[name].by_slug.get(value) if name in _FIELDS else None
    return option.label if option else str(value)


@register.filter
def trace_in_words(provenance: Provenance) -> list[tuple[str, str, str]]:
    """(words, whose choice, choice) of the prompt a picture was made with; none for pictures
    from before it was kept."""
    trace = provenance.parameters.get("trace", ())
    return [(words, *_choice_in_words(field, choice)) for words, field, choice in trace]


@register.filter
def phrases_in_words(trace: Iterable[Phrase]) -> list[tuple[str, str, str]]:
    """The same of a prompt that is not sent yet."""
    return [(p.words, *_choice_in_words(p.field, p.choice)) for p in trace]


def _choice_in_words(name: str, choice: str) -> tuple[str, str]:
    if name == "references":
        return "Reference pictures", choice
    if name == "prompt":
        return _LABELS["prompt"], ""
    looks = get_catalogue().fields
    field = _FIELDS.get(name) or looks.get(name)
    label = _LABELS.get(name) or (field.label if field else name)
    labels = {slug: option.label for slug, option in field.by_slug.items()} if field else {}
    said = [labels.get(s.replace("-", "_"), labels.get(s, s)) for s in choice.split(", ")]
    return label, ", ".join(said)


@register.filter
def percent(fraction: float) -> str:
    return f"{round(100 * fraction)} %"


@register.filter
def scorer_in_words(likeness: Likeness) -> str:
    return _SCORERS.get((likeness.model, likeness.version), _SCORERS.get((likeness.model, ""), ""))


@register.filter
def same_again(chosen: Mapping[str, Any]) -> str:
    """Settings as the query that fills the studio with them; not the seed, which would draw
    the very same picture."""
    return _query_of(chosen, *_LABELS, "references")


@register.filter
def same_grid_again(chosen: Mapping[str, Any]) -> str:
    """A grid's settings as the query that fills its page with them."""
    return _query_of(chosen, "scenes", "outfits", *_LABELS, "references")


def _query_of(chosen: Mapping[str, Any], *names: str) -> str:
    return urlencode({name: chosen[name] for name in names if chosen.get(name)}, doseq=True)


@register.filter
def source_type(uri: str) -> str:
    name = uri.rsplit("/", 1)[-1]
    return _SOURCE_TYPES.get(name, name)


# --- Parts of other apps' pages ------------------------------------------------------------------


@register.inclusion_tag("generation/_character_jobs.html")
def character_jobs(character: Character) -> dict[str, Any]:
    """What is being made of a character now; refreshes itself."""
    return jobs_of_character(character)


def jobs_of_character(character: Character) -> dict[str, Any]:
    just = Q(finished_at__gt=timezone.now() - _JUST_ENDED, delivered_count__gt=0)
    shown = Q(status__in=LIVE) | just & ~Q(recipe="base_faces")
    jobs = list(character.generation_jobs.filter(shown).order_by("-pk")[:50])
    return {
        "character": character,
        "live": [job for job in jobs if job.is_live][:10],
        "just_ended": [job for job in jobs if not job.is_live][:2],
    }


@register.inclusion_tag("generation/_profile_set.html", takes_context=True)
def profile_set(context: Context, character: Character) -> dict[str, Any]:
    """The offer of eight pictures at once, for a character that has its face."""
    return {
        "character": character,
        "offer": quote(character=character, recipe="profile_set", options={}),
        "request_key": str(new_id()),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def known_jobs(ids: Iterable[str]) -> set[str]:
    """Those of the ids whose jobs still exist; a deleted character takes its jobs along."""
    rows = GenerationJob.objects.filter(pk__in=[UUID(i) for i in ids])
    return {str(pk) for pk in rows.values_list("pk", flat=True)}


@register.inclusion_tag("generation/_likeness_settings.html", takes_context=True)
def likeness_settings(context: Context, character: Character) -> dict[str, Any]:
    """The form of the character's own limit, which leads back to the page it stands on."""
    limit = round(100 * threshold_of(character))
    return {
        "character": character,
        "form": ThresholdForm(initial={"threshold": limit}),
        "floor": percent(settings.LIKENESS_THRESHOLD),
        "next": context["request"].get_full_path(),
        "csrf_token": context["csrf_token"],
    }

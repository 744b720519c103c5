"""Jobs and pictures in plain words, and the parts that other apps' pages show of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.http import urlencode

from characters.catalogue import get_catalogue
from characters.models import Character, Image
from characters.pictures import describe, image_srcset, image_url
from generation import catalogue
from generation.models import GenerationJob
from generation.recipes import RECIPES
from generation.recipes.profile_set import PICTURES
from generation.services import default_capabilities, price_of, quote
from generation.states import ENDED, JobStatus
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


# --- Jobs ---------------------------------------------------------------------------------------


@register.filter
def job_title(job: GenerationJob) -> str:
    if job.recipe == "studio":
        scene = catalogue.SCENES.by_slug.get(job.options.get("scene", ""))
        return scene.label if scene else RECIPES[job.recipe].label
    return {"base_faces": "Three faces", "profile_set": f"Profile set of {PICTURES}"}[job.recipe]


@register.filter
def job_state(job: GenerationJob) -> str:
    """The status as a sentence."""
    return _STATES[job.status](job)


def _queued(job: GenerationJob) -> str:
    if job.attempts:
        return f"Something got in the way, and it is tried again. {job.error_message}"
    return "Waiting for its turn. You can leave this page; it goes on without you."


def _running(job: GenerationJob) -> str:
    return "Being made. You can leave this page; it goes on without you."


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
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"  # noqa: PLR2004


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


def _in_words(name: str, value: Any) -> str:
    if not value:
        return _LEFT_OPEN[name]
    if name == "format" and value in catalogue.FORMATS:
        return f"{catalogue.FORMATS[value].label} {value}"
    option = _FIELDS[name].by_slug.get(value) if name in _FIELDS else None
    return option.label if option else str(value)


@register.filter
def same_again(chosen: Mapping[str, Any]) -> str:
    """Settings as the query that fills the studio with them; not the seed, which would draw
    the very same picture."""
    return urlencode({name: chosen[name] for name in _LABELS if chosen.get(name)})


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
    rows = character.generation_jobs.order_by("-pk")
    recent = rows.filter(
        status__in=ENDED, finished_at__gt=timezone.now() - _JUST_ENDED, delivered_count__gt=0
    )
    return {
        "character": character,
        "live": list(rows.live()[:10]),
        "just_ended": list(recent.exclude(recipe="base_faces")[:2]),
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

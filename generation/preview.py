"""Drawings made on demand by the built-in illustrator: a look, the options, the studio's scene.

Public, since the home page shows them too, and bounded: short queries, caches of fixed size,
so many drawings a minute per network, and nothing of the database but the character in its
owner's own studio. Pictures of options, which everybody shares, are also kept in the shared
cache; what holds free text (a seed, a colour of one's own) is not, so that nobody's fancies
push out what everybody looks at.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from accounts import limits
from characters.catalogue import get_catalogue
from characters.config import CHOICE_FIELDS, CharacterConfig
from characters.models import Character
from characters.pictures import SHOWN_FIELDS
from generation import catalogue
from generation.providers.base import ImageRequest
from generation.providers.illustrator import compose
from generation.providers.illustrator.compose import draw_portrait, paint
from generation.providers.illustrator.options import as_webp, option_picture, studio_picture, webp
from generation.recipes import RECIPES
from generation.services import default_provider
from ryla.lib.cache import RecentBytes, SlottedCache
from ryla.lib.errors import DomainError, InvalidInput
from ryla.lib.http import say_when
from ryla.lib.request import client_ip

QUERY_MAX = 8000  # the designer sends its whole form, a bio of 500 characters included
SEED_MAX = 64
PORTRAIT_PX = 640
_PUBLIC_S = 86400
_KEPT_S = 7 * 86400
_SMALL_SAMPLE_PX = 640  # high, on most phones
_STUDIO_PX = 720  # the longer side, drawn in a tenth of a second
_SVG, _WEBP = "image/svg+xml", "image/webp"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_STUDIO_FIELDS = {
    field.slug: field
    for field in (
        catalogue.SCENES,
        catalogue.ENVIRONMENTS,
        catalogue.LIGHTING,
        catalogue.POSES,
        catalogue.FRAMINGS,
        catalogue.EXPRESSIONS,
    )
}
# Look as a hashable value: the drawings are remembered by it.
Look = tuple[tuple[str, Any], ...]

# A picture of an option is 4 to 6 kB, so these are more than a thousand of them; a portrait is
# 120 kB, and quickly drawn. In Redis there is never more than 2048 × 16 kB = 32 MB.
_OPTIONS = RecentBytes(8 * 2**20)
_DRAWINGS = RecentBytes(8 * 2**20)
_SHARED = SlottedCache("picture", slots=2048, max_bytes=16 * 2**10, keep_s=_KEPT_S)


@require_safe
def character(request: HttpRequest) -> HttpResponse:
    """A portrait of the look in the query; anything the query does not name is the default."""
    try:
        look = (*_look_of(request), ("seed", request.GET.get("seed", "")[:SEED_MAX]))
    except InvalidInput as error:
        return _refuse(error)
    return _respond(request, _portrait(look))


@require_safe
def option(request: HttpRequest, field: str, slug: str) -> HttpResponse:
    """What one option looks like, on the person the query describes; answers that the picture
    does not show are passed over, so that they make no other picture."""
    if field not in CHOICE_FIELDS or not get_catalogue()[field].has(slug):
        raise Http404
    try:
        look = _look_of(request, SHOWN_FIELDS[field])
    except InvalidInput as error:
        return _refuse(error)
    return _respond(request, _option(field, slug, look))


@require_safe
def studio(request: HttpRequest, field: str, slug: str) -> HttpResponse:
    if field not in _STUDIO_FIELDS or not _STUDIO_FIELDS[field].has(slug):
        raise Http404
    return _respond(request, _studio(field, slug))


@require_safe
def sample(request: HttpRequest, n: int, *, is_small: bool = False) -> HttpResponse:
    if n not in SAMPLES:
        raise Http404
    return _respond(request, _sample(n, is_small=is_small))


@login_required
@require_safe
def studio_preview(request: HttpRequest, character_id: UUID) -> HttpResponse:
    """The character in the scene the studio's form describes: what a request with the same seed
    would deliver, in small. Only while the illustrator is what delivers."""
    rows = Character.objects.owned_by(request.user).filter(base_face__isnull=False)
    owned = get_object_or_404(rows, pk=character_id)
    provider = default_provider()
    if not provider.capabilities.has_sketch:
        raise Http404
    ignored = ("count", "request_key", "quote", "csrfmiddlewaretoken")
    options = {name: value for name, value in request.GET.items() if name not in ignored}
    recipe = RECIPES["studio"]
    try:
        _require_short(request)
        parsed = recipe.parse(options, provider.capabilities)
    except InvalidInput as error:
        return _refuse(error)
    same = random.Random(0)  # noqa: S311 (the same each time)
    wanted = recipe.requests(owned, parsed, same, provider.capabilities)[0]
    return _respond(request, _scene(_in_small(wanted, _STUDIO_PX)), is_private=True)


# --- Reading -------------------------------------------------------------------------------------


def _look_of(request: HttpRequest, fields: tuple[str, ...] = CHOICE_FIELDS) -> Look:
    """These fields of the look in the query, the default where it is silent. Other names of the
    designer's form (name, handle, bio) change no drawing and are passed over.

    Raises InvalidInput.
    """
    _require_short(request)
    choices = {name: value for name, value in _choices(request.GET).items() if name in fields}
    look = CharacterConfig.parse(choices).to_json()
    return tuple((name, _frozen(look[name])) for name in fields)


def _require_short(request: HttpRequest) -> None:
    if len(request.META.get("QUERY_STRING", "")) > QUERY_MAX:
        raise InvalidInput("The query is too long.")


def _choices(query: QueryDict) -> dict[str, Any]:
    choices: dict[str, Any] = {
        name: query[name] for name in CHOICE_FIELDS if name in query and name != "personality"
    }
    if choices.get("hair_colour") == "custom":
        choices["hair_colour"] = query.get("hair_colour_custom", "")
    if "personality" in query:
        choices["personality"] = query.getlist("personality")
    return choices


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _thawed(look: Look) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in look}


# --- Drawing: remembered, since a page shows the same eighty options to everybody ----------------


@dataclass(frozen=True)
class _Drawing:
    """What is to be seen, and how it is drawn if nobody remembers it.

    name: the same for the same picture, by any version of the illustrator.
    """

    name: str
    content_type: str
    draw: Callable[[], bytes]
    is_shared: bool = False

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{_engine()}|{self.name}".encode()).hexdigest()

    def recall(self) -> bytes | None:
        if not self.is_shared:
            return _DRAWINGS.get(self.key)
        picture = _OPTIONS.get(self.key)
        if picture is None and (picture := _SHARED.get(self.key)):
            _OPTIONS.put(self.key, picture)
        return picture

    def make(self) -> bytes:
        picture = self.draw()
        (_OPTIONS if self.is_shared else _DRAWINGS).put(self.key, picture)
        if self.is_shared:
            _SHARED.put(self.key, picture)
        return picture


def _portrait(look: Look) -> _Drawing:
    def draw() -> bytes:
        return draw_portrait(_thawed(look), size_px=PORTRAIT_PX).encode()

    return _Drawing(f"portrait|{look}", _SVG, draw)


def _option(field: str, slug: str, look: Look) -> _Drawing:
    def draw() -> bytes:
        shown = CharacterConfig().to_json() | _thawed(look) | {"seed": ""}
        return as_webp(option_picture(field, slug, shown))

    is_own_colour = dict(look).get("hair_colour", "").startswith("#")
    return _Drawing(f"option|{field}|{slug}|{look}", _WEBP, draw, is_shared=not is_own_colour)


def _studio(field: str, slug: str) -> _Drawing:
    def draw() -> bytes:
        return as_webp(studio_picture(field, slug))

    return _Drawing(f"studio|{field}|{slug}", _WEBP, draw, is_shared=True)


def _sample(n: int, *, is_small: bool) -> _Drawing:
    wanted = _in_small(SAMPLES[n], _SMALL_SAMPLE_PX) if is_small else SAMPLES[n]
    return replace(_scene(wanted), is_shared=True)


def _scene(wanted: ImageRequest) -> _Drawing:
    """Pixels: a phone shows them sooner than a drawing of 200 kB with blurs."""
    return _Drawing(f"scene|{wanted}", _WEBP, lambda: webp(paint(wanted)))


def _in_small(wanted: ImageRequest, side_px: int) -> ImageRequest:
    """With this longer side."""
    share = side_px / max(wanted.width_px, wanted.height_px)
    width, height = round(wanted.width_px * share), round(wanted.height_px * share)
    return replace(wanted, width_px=width, height_px=height)


@lru_cache(maxsize=1)
def _engine() -> str:
    """The version of the illustrator: its own source, so that nobody has to remember to count."""
    folder = Path(compose.__file__).parent
    sources = sorted(folder.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _sample_request(
    look: Mapping[str, Any], seed: str, *, size: tuple[int, int] = (768, 1024), **scene: str
) -> ImageRequest:
    return ImageRequest(
        external_key="",
        look={**CharacterConfig.parse(look).to_json(), "seed": seed},
        seed=7,
        width_px=size[0],
        height_px=size[1],
        **scene,
    )


# Six people who could hardly be more different: what the home page shows the product can do.
SAMPLES: Mapping[int, ImageRequest] = {
    1: _sample_request(
        {
            "presentation": "female",
            "ethnicity": "latino",
            "age_range": "26-33",
            "skin_tone": "tan",
            "face_shape": "heart",
            "eye_colour": "hazel",
            "hair_style": "wavy",
            "hair_colour": "brown",
            "body_type": "curvy",
            "beauty_marks": "cheek",
            "outfit_style": "summer_dress",
        },
        "sample-1",
        scene="beach_sunset",
        pose="hand_on_hip",
        framing="half_body",
        expression="smile",
    ),
    2: _sample_request(
        {
            "presentation": "male",
            "ethnicity": "black",
            "age_range": "34-41",
            "skin_tone": "dark",
            "face_shape": "square",
            "eye_colour": "brown",
            "hair_style": "crew_cut",
            "hair_colour": "black",
            "body_type": "athletic",
            "outfit_style": "tailored_suit",
        },
        "sample-2",
        scene="rooftop",
        pose="hands_in_pockets",
        framing="half_body",
        expression="serious",
    ),
    3: _sample_request(
        {
            "presentation": "androgynous",
            "ethnicity": "asian",
            "age_range": "18-25",
            "skin_tone": "light",
            "face_shape": "oval",
            "eye_colour": "gray",
            "hair_style": "bangs",
            "hair_colour": "#7c5cff",
            "body_type": "slim",
            "piercings": "several",
            "tattoos": "medium",
            "outfit_style": "cyberpunk",
        },
        "sample-3",
        scene="neon_alley",
        pose="arms_crossed",
        framing="half_body",
        expression="neutral",
    ),
    4: _sample_request(
        {
            "presentation": "female",
            "ethnicity": "white",
            "age_range": "51-65",
            "skin_tone": "light",
            "face_shape": "diamond",
            "eye_colour": "blue",
            "hair_style": "short",
            "hair_colour": "gray",
            "body_type": "average",
            "glasses": "round",
            "outfit_style": "silk_blouse",
        },
        "sample-4",
        scene="bookstore",
        pose="thinking",
        framing="half_body",
        expression="smile",
    ),
    5: _sample_request(
        {
            "presentation": "male",
            "ethnicity": "indian",
            "age_range": "26-33",
            "skin_tone": "medium",
            "face_shape": "oval",
            "eye_colour": "amber",
            "hair_style": "curly",
            "hair_colour": "black",
            "body_type": "muscular",
            "outfit_style": "gym_set",
        },
        "sample-5",
        scene="gym",
        pose="arms_up",
        framing="half_body",
        expression="laugh",
    ),
    6: _sample_request(
        {
            "presentation": "female",
            "ethnicity": "black",
            "age_range": "18-25",
            "skin_tone": "tan",
            "face_shape": "round",
            "eye_colour": "green",
            "hair_style": "braids",
            "hair_colour": "auburn",
            "body_type": "plus_size",
            "freckles": "light",
            "outfit_style": "knit_sweater",
        },
        "sample-6",
        scene="autumn_park",
        pose="heart_hands",
        framing="half_body",
        expression="laugh",
    ),
}


# --- Answering -----------------------------------------------------------------------------------


def _respond(request: HttpRequest, drawing: _Drawing, *, is_private: bool = False) -> HttpResponse:
    """The ETag is what was asked for and who draws it: a browser that has the picture costs
    no drawing, and another version of the illustrator gives another one."""
    etag = f'"{drawing.key[:32]}"'
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        try:
            content = drawing.recall() or _drawn(request, drawing, is_private=is_private)
        except limits.TooOften as error:
            return _refuse(error)
        answer = HttpResponse(content, content_type=drawing.content_type)
    answer.headers["ETag"] = etag
    if is_private:
        patch_cache_control(answer, private=True, max_age=0, must_revalidate=True)
    else:
        patch_cache_control(
            answer, public=True, max_age=_PUBLIC_S, immutable=True, stale_while_revalidate=86400
        )
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _drawn(request: HttpRequest, drawing: _Drawing, *, is_private: bool) -> bytes:
    """Drawn anew, which takes a processor's time: counted by person where we know who asks.
    Public pictures do not look, or no cache on the way could share them. Raises TooOften."""
    network = limits.network_of(client_ip(request))
    limits.require(
        "preview",
        f"user {request.user.pk}" if is_private else network,
        limit=settings.PREVIEWS_PER_MINUTE,
        window_s=60,
        message="Too many pictures were asked for. They go on in a minute.",
    )
    return drawing.make()


def _refuse(error: DomainError) -> HttpResponse:
    response = HttpResponse(
        error.message, status=error.status, content_type="text/plain; charset=utf-8"
    )
    return say_when(response, error)

"""A provider that does what the prompt tells it: for tests and for integrators' dry runs.

Words in the prompt are its script, in any order:
`slow:SECONDS` reports progress until that time has passed; `fail:CODE` refuses for good;
`blocked` refuses the finished picture as a vendor's own moderation does; `flaky:N` fails the
first N polls in a passing way; `lost` forgets the ticket at the first poll; `lost:always` at
every poll; `away:INSTANT` answers nobody before that second of Unix time; `twice` pays no heed to
the seed, so that pictures of one request come out as the very same bytes; `stranger` draws somebody
else; `garbage` answers with bytes that are no picture; `crash` raises what nobody expects. Without
a script it answers at once. Everything it needs is in the ticket, so it survives a restart like a
real one. It takes every option there is, so that whatever passes here is a request the product can
make, and does all there is to do:

- create: a background in a colour of everything that was asked for, before it the drawn head of
  the look's seed, the same in every picture of a character, and a patch in the middle colour of
  each reference picture;
- edit: the source, and the same background where the mask is white;
- upscale: the source in `UPSCALE_FACTOR` times its size.

It keeps its sources small, so what is made of a large one is blurred.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from PIL import Image as Pillow
from PIL import ImageDraw

from generation.providers.base import (
    FORMAT_SIZES,
    UPSCALE_FACTOR,
    Capabilities,
    Finished,
    ImageProvider,
    ImageRequest,
    Progress,
    ProviderError,
    Reference,
    Ticket,
    UnsupportedOption,
)

_SCENES = """
    beach_sunset tropical_pool mountain_view forest_trail flower_field rooftop street_style
    crosswalk graffiti_wall subway cafe bookstore kitchen_morning cozy_bedroom living_room
    home_office
    studio_portrait colour_backdrop spotlight gym yoga_studio airport_lounge island_terrace
    paris_balcony desert_road market_street night_club neon_alley concert autumn_park snow_day
    christmas
"""
_ENVIRONMENTS = "beach bedroom living_room office cafe urban_street photo_studio nature"
_LIGHTING = """
    daylight golden_hour blue_hour overcast window_light softbox rim_light backlit flash neon
    candlelight moonlight
"""
_POSES = """
    relaxed hand_on_hip arms_crossed hands_in_pockets leaning hand_in_hair sitting_stool
    sitting_crossed sitting_floor lounging kneeling sitting_forward walking running jumping dancing
    stretching spinning waving peace_sign thinking arms_up heart_hands selfie
"""
_OUTFITS = """
    tee_and_jeans oversized_hoodie knit_sweater denim_jacket linen_shirt summer_dress leather_jacket
    long_coat evening_gown cocktail_dress tailored_suit silk_blouse blazer_look sequin_top
    velvet_tuxedo gym_set tracksuit yoga_set tennis_whites running_kit swimsuit board_shorts wetsuit
    witch superhero astronaut pirate fairy cyberpunk flapper
"""
# What the background's colour is made of: everything that was asked for.
_DRAWN = (
    "look", "seed", "width_px", "height_px", "scene", "environment", "lighting", "pose", "framing",
    "expression", "outfit", "quality", "prompt", "operation",
)  # fmt: skip
_SCRIPT = (
    "slow", "fail", "blocked", "flaky", "lost", "away", "twice", "stranger", "garbage", "crash",
)  # fmt: skip
# Where the head is, by framing: centre x and y, half of its width and height, in fractions.
_HEADS = {
    "close_up": (0.5, 0.44, 0.30, 0.32),
    "half_body": (0.5, 0.32, 0.20, 0.21),
    "full_body": (0.5, 0.22, 0.12, 0.13),
}
_KEPT_PX = 256  # the longest side of a source in its ticket, which is a row in a database
_WHITE = 128  # grey from which on a mask counts as white


class FakeProvider(ImageProvider):
    """`scale` shrinks the pictures it makes (0 < scale ≤ 1): tests need no megapixels."""

    alias = "fake"
    capabilities = Capabilities(
        visual_styles=("realistic", "anime", "illustrated"),
        formats=tuple(FORMAT_SIZES),
        qualities=("draft", "standard", "high"),
        scenes=tuple(_SCENES.split()),
        environments=tuple(_ENVIRONMENTS.split()),
        lighting=tuple(_LIGHTING.split()),
        poses=tuple(_POSES.split()),
        framings=("close_up", "half_body", "full_body"),
        expressions=("neutral", "smile", "laugh", "serious", "surprised", "thoughtful"),
        outfits=tuple(_OUTFITS.split()),
        operations=("create", "edit", "upscale"),
        references_at_most=3,
        references_of={"edit": 4, "upscale": 1},
        accepts_free_text=True,
        accepts_seeds=True,
        disclosure="Flat drawings from the test provider: no pictures to publish.",
    )

    # Polls so far by our key of the picture, so that a script goes on after a new submit: per
    # process, where a real vendor has a database.
    _polls: dict[str, int] = {}

    def __init__(self, *, scale: float = 0.1) -> None:
        self.scale = scale

    def check(self, request: ImageRequest) -> None:
        super().check(request)
        roles = {reference.role for reference in request.references}
        if request.operation != "create" and "source" not in roles:
            raise UnsupportedOption("There is no picture to start from.", field="references")
        if request.operation == "edit" and "mask" not in roles:
            raise UnsupportedOption("There is no mask.", field="references")

    def submit(self, request: ImageRequest) -> Ticket:
        script = _script(request.prompt)
        if script.get("fail") == "submit":
            raise ProviderError(
                "The provider refused the request.", code="fail", is_transient=False
            )
        by_role = {reference.role: reference for reference in request.references}
        return Ticket(
            external_id=f"fake-{uuid4().hex}-{request.external_key}",
            data={
                "key": request.external_key,
                "colour": _colour(request, ignores_seed="twice" in script),
                "size": [request.width_px, request.height_px],
                "script": script,
                "submitted_at": time.time(),
                "head": None if request.operation != "create" else _head(request, script),
                "patches": [_middle_colour(r) for r in request.references if r.role != "mask"],
                "operation": request.operation,
                **{role: _kept(by_role[role]) for role in ("source", "mask") if role in by_role},
            },
        )

    def poll(self, ticket: Ticket) -> Progress | Finished:
        if "script" not in ticket.data:
            raise ProviderError("This ticket is not ours.", code="lost", is_transient=False)
        script, key = ticket.data["script"], ticket.data["key"]
        tries = self._polls[key] = self._polls.get(key, 0) + 1
        self._misbehave(script, tries)
        elapsed = time.time() - ticket.data["submitted_at"]
        lasts = float(script.get("slow", 0))
        if elapsed < lasts:
            return Progress(fraction=elapsed / lasts, check_after_s=min(1.0, lasts - elapsed))
        if "blocked" in script:
            message = "The provider's own rules do not allow this picture."
            raise ProviderError(message, code="blocked", is_transient=False)
        return self._finish(ticket)

    def _misbehave(self, script: dict[str, str], tries: int) -> None:
        if "crash" in script:
            raise RuntimeError("scripted crash")
        if "lost" in script and (tries == 1 or script["lost"] == "always"):
            raise ProviderError("The provider forgot this.", code="lost", is_transient=True)
        if time.time() < float(script.get("away", 0)):
            raise ProviderError("The provider is away.", code="away", is_transient=True)
        if tries <= int(script.get("flaky", 0)):
            raise ProviderError("The provider is busy.", code="busy", is_transient=True)
        if "fail" in script:
            raise ProviderError(
                "The provider could not make this picture.", code=script["fail"], is_transient=False
            )

    def _finish(self, ticket: Ticket) -> Finished:
        content = (
            b"not a picture" if "garbage" in ticket.data["script"] else self._draw(ticket.data)
        )
        return Finished(
            content=content,
            content_type="image/png",
            model="fake",
            model_version="2",
            digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia",
        )

    def _draw(self, data: Mapping[str, Any]) -> bytes:
        picture = self._picture(data)
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        return buffer.getvalue()

    def _picture(self, data: Mapping[str, Any]) -> Pillow.Image:
        operation = data.get("operation", "create")
        factor = UPSCALE_FACTOR if operation == "upscale" else 1
        width, height = (max(1, round(side * self.scale * factor)) for side in data["size"])
        if operation == "create":
            return _portrait((width, height), data)
        source = _opened(data["source"]).convert("RGB").resize((width, height))
        if operation == "edit":
            mask = _opened(data["mask"]).convert("L").resize((width, height))
            hard = mask.point(lambda grey: 255 if grey >= _WHITE else 0)
            source.paste(data["colour"], (0, 0, width, height), hard)
        return source

    def face_box(self, request: ImageRequest) -> tuple[float, float, float, float] | None:
        if request.operation != "create":
            return None
        x, y, across, down = _HEADS[request.framing]
        return (x - across, y - down, x + across, y + down)

    def cancel(self, ticket: Ticket) -> None:
        self._polls.pop(ticket.data.get("key", ""), None)


# --- Pictures -------------------------------------------------------------------------------------


def _portrait(size: tuple[int, int], data: Mapping[str, Any]) -> Pillow.Image:
    """A head before a plain colour, with what it was shown along the bottom."""
    picture = Pillow.new("RGB", size, data["colour"])
    draw = ImageDraw.Draw(picture)
    if data.get("head"):
        _draw_head(draw, size, data["head"])
    side = max(1, round(min(size) / 8))
    for place, colour in enumerate(data.get("patches", ())):
        left, top = place * side, size[1] - side
        draw.rectangle((left, top, left + side - 1, top + side - 1), fill=colour)
    return picture


def _head(request: ImageRequest, script: Mapping[str, str]) -> dict[str, Any]:
    who = str(request.look.get("seed", ""))
    if "stranger" in script:
        who = f"not {who} {request.seed}"
    return {"who": who, "framing": request.framing, "is_stranger": "stranger" in script}


def _draw_head(draw: ImageDraw.ImageDraw, size: tuple[int, int], head: Mapping[str, Any]) -> None:
    """An oval with features: everything about it comes from `who` it is. A stranger wears bars
    across, which no face has, so that whatever compares faces sees another one."""
    x, y, across, down = _HEADS[head["framing"]]
    width, height = size
    rng = random.Random(head["who"])  # noqa: S311 (a drawing, not a secret)

    def oval(cx: float, cy: float, rx: float, ry: float, colour: str) -> None:
        left, top = (x + (cx - rx) * across) * width, (y + (cy - ry) * down) * height
        right, bottom = (x + (cx + rx) * across) * width, (y + (cy + ry) * down) * height
        draw.ellipse((left, top, right, bottom), fill=colour)

    hair, skin, iris, lips = (f"hsl({hue}, {s}%, {light}%)" for hue, s, light in _colours(rng))
    oval(0, -0.08, 1.0, 0.92, hair)
    oval(0, 0.12, rng.uniform(0.66, 0.84), rng.uniform(0.72, 0.86), skin)
    eyes, mouth = rng.uniform(0.24, 0.38), rng.uniform(0.42, 0.56)
    for side in (-1, 1):
        oval(side * eyes, -0.06, 0.15, 0.09, "#ffffff")
        oval(side * eyes, -0.06, 0.07, 0.08, iris)
    oval(0, mouth, rng.uniform(0.16, 0.32), rng.uniform(0.05, 0.12), lips)
    if head["is_stranger"]:
        for bar in range(-4, 5):
            middle = (y + bar / 4 * down) * height
            half = down * height / 16
            left, right = (x - across) * width, (x + across) * width
            draw.rectangle((left, middle - half, right, middle + half), fill=hair)


def _colours(rng: random.Random) -> tuple[tuple[int, int, int], ...]:
    return (
        (rng.randrange(360), 45, 22),  # hair
        (rng.randrange(18, 34), 55, rng.randrange(45, 80)),  # skin
        (rng.randrange(360), 60, 25),  # eyes
        (rng.randrange(340, 360), 60, 45),  # lips
    )


def _colour(request: ImageRequest, *, ignores_seed: bool) -> str:
    asked = {name: getattr(request, name) for name in _DRAWN} | {"look": dict(request.look)}
    asked["references"] = [(r.role, r.sha256) for r in request.references]
    if ignores_seed:
        asked["seed"] = 0
    return f"#{hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:6]}"


def _kept(reference: Reference) -> str:
    """A source or a mask, small enough for a ticket. Raises ProviderError for no picture."""
    picture = _read(reference)
    picture.thumbnail((_KEPT_PX, _KEPT_PX))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _middle_colour(reference: Reference) -> str:
    return "#{:02x}{:02x}{:02x}".format(*_read(reference).convert("RGB").resize((1, 1)).tobytes())


def _read(reference: Reference) -> Pillow.Image:
    try:
        picture = Pillow.open(io.BytesIO(reference.content))
        picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        message = "One of the pictures that came along is none."
        raise ProviderError(message, code="reference_unreadable", is_transient=False) from error
    return picture


def _opened(kept: str) -> Pillow.Image:
    return Pillow.open(io.BytesIO(base64.b64decode(kept)))


def _script(prompt: str) -> dict[str, str]:
    words = (word.partition(":") for word in prompt.split())
    return {name: value or "1" for name, _, value in words if name in _SCRIPT}

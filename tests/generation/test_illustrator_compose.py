"""The illustrator's pictures: every control has an effect, sizes are exact, nothing is random."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

import pytest
from PIL import Image, ImageChops, ImageStat

from characters.catalogue import get_catalogue
from generation import catalogue
from generation.providers.base import (
    FORMAT_SIZES,
    Finished,
    ImageRequest,
    ProviderError,
    Ticket,
    UnsupportedOption,
)
from generation.providers.illustrator import Illustrator, compose, raster
from generation.providers.illustrator.compose import (
    Layers,
    draw_picture,
    draw_portrait,
    paint_picture,
)
from generation.providers.illustrator.figure import draw_figure
from generation.providers.illustrator.options import option_picture, studio_picture
from generation.providers.illustrator.provider import LOOK_OPTIONS
from generation.providers.illustrator.raster import rasterise
from generation.providers.illustrator.takes import read_take

LOOK: dict[str, Any] = {
    "presentation": "female",
    "visual_style": "illustrated",
    "ethnicity": "latino",
    "age_range": "26-33",
    "skin_tone": "medium",
    "face_shape": "oval",
    "eye_colour": "green",
    "hair_style": "ponytail",
    "hair_colour": "auburn",
    "body_type": "average",
    "freckles": "none",
    "beauty_marks": "none",
    "scars": "none",
    "piercings": "none",
    "tattoos": "none",
    "glasses": "none",
    "outfit_style": "tee_and_jeans",
    "archetype": "next_door",
    "personality": ["sweet"],
    "seed": "abc",
}
WIDTH_PX = 64


def make_request(**changes: Any) -> ImageRequest:
    request = ImageRequest(
        external_key="picture-1", look=LOOK, seed=5, width_px=1024, height_px=1280
    )
    return replace(request, **changes)


def thumbnail(request: ImageRequest) -> Image.Image:
    """Painted as a picture is, but small; where its place is transparent it would be black."""
    height = round(WIDTH_PX * request.height_px / request.width_px)
    small = replace(request, width_px=WIDTH_PX, height_px=height)
    layers, size = compose._compose(small), (WIDTH_PX, height)
    place = compose._drawn(layers, layers.behind, size)
    assert place.getchannel("A").getextrema() == (255, 255), "there is a hole in the place"
    return compose._painted(layers, size)


@lru_cache(maxsize=128)
def cached_thumbnail(**changes: Any) -> Image.Image:
    return thumbnail(make_request(**changes))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean distance of two pictures' channels, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def assert_all_differ(pictures: dict[str, Image.Image], least: float) -> None:
    alike = [
        (a, b) for a, b in combinations(pictures, 2) if difference(pictures[a], pictures[b]) < least
    ]
    assert alike == []


# --- vocabulary ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("advertised", "field"),
    [
        ("scenes", catalogue.SCENES),
        ("environments", catalogue.ENVIRONMENTS),
        ("lighting", catalogue.LIGHTING),
        ("poses", catalogue.POSES),
        ("framings", catalogue.FRAMINGS),
        ("expressions", catalogue.EXPRESSIONS),
        ("outfits", get_catalogue()["outfit_style"]),
    ],
)
def test_capabilities_equal_the_catalogue(advertised: str, field: Any) -> None:
    assert sorted(getattr(Illustrator.capabilities, advertised)) == sorted(field.by_slug)


def test_formats_equal_the_catalogue() -> None:
    assert Illustrator.capabilities.formats == tuple(catalogue.FORMATS)


@pytest.mark.parametrize("field", [name for name in LOOK_OPTIONS if name != "visual_style"])
def test_look_options_equal_the_catalogue(field: str) -> None:
    assert sorted(LOOK_OPTIONS[field]) == sorted(get_catalogue()[field].by_slug)


# --- every control changes the picture ----------------------------------------------------------


def test_scenes_all_differ() -> None:
    # One light for all, so that it is the scene that differs.
    pictures = {
        slug: cached_thumbnail(scene=slug, lighting="daylight")
        for slug in Illustrator.capabilities.scenes
    }
    assert_all_differ(pictures, 6)


def test_environments_all_differ_and_replace_the_place() -> None:
    pictures = {
        slug: cached_thumbnail(scene="rooftop", environment=slug, lighting="daylight")
        for slug in Illustrator.capabilities.environments
    }
    pictures["none"] = cached_thumbnail(scene="rooftop", lighting="daylight")
    assert_all_differ(pictures, 6)


def test_scene_still_counts_in_an_environment() -> None:
    pictures = {
        slug: cached_thumbnail(scene=slug, environment="beach", lighting="daylight")
        for slug in Illustrator.capabilities.scenes
    }
    assert_all_differ(pictures, 0.5)


@pytest.mark.parametrize("scene", ["living_room", "street_style"])
def test_lights_all_differ(scene: str) -> None:
    pictures = {
        slug: cached_thumbnail(scene=scene, lighting=slug)
        for slug in Illustrator.capabilities.lighting
    }
    assert_all_differ(pictures, 4)


def test_light_of_the_scene_is_the_default() -> None:
    default = draw_picture(make_request(scene="beach_sunset"))
    assert default == draw_picture(make_request(scene="beach_sunset", lighting="golden_hour"))
    assert default != draw_picture(make_request(scene="beach_sunset", lighting="daylight"))


def test_framings_all_differ() -> None:
    assert_all_differ(
        {slug: cached_thumbnail(framing=slug) for slug in Illustrator.capabilities.framings}, 10
    )


@pytest.mark.parametrize("control", ["pose", "expression", "outfit"])
def test_person_controls_change_the_picture(control: str) -> None:
    changed = {"pose": "arms_up", "expression": "surprised", "outfit": "astronaut"}[control]
    framing = "close_up" if control == "expression" else "half_body"
    plain = cached_thumbnail(framing=framing)
    other = cached_thumbnail(framing=framing, **{control: changed})
    assert difference(plain, other) > 0.5


def test_seed_varies_the_scene() -> None:
    seeds = {str(seed): cached_thumbnail(scene="mountain_view", seed=seed) for seed in (1, 2, 3)}
    assert_all_differ(seeds, 1.5)


@pytest.mark.parametrize("framing", Illustrator.capabilities.framings)
def test_seeds_are_different_shots_of_the_same_moment(framing: str) -> None:
    """Not one picture with other confetti: the person stands, is lit and framed differently."""
    shots = {
        str(seed): cached_thumbnail(scene="colour_backdrop", framing=framing, seed=seed)
        for seed in range(4)
    }
    assert_all_differ(shots, 6)


def test_seeds_next_to_each_other_are_never_turned_the_same_way() -> None:
    for seed in range(20):
        one, other = read_take("gym", seed), read_take("gym", seed + 1)
        assert one.is_mirrored != other.is_mirrored
        assert abs(one.shift - other.shift) > 0.05


@pytest.mark.parametrize("framing", Illustrator.capabilities.framings)
@pytest.mark.parametrize("shape", ["9:16", "4:5", "16:9"])
def test_no_take_cuts_the_face(framing: str, shape: str) -> None:
    width_px, height_px = FORMAT_SIZES[shape]
    for seed, pose in enumerate(Illustrator.capabilities.poses):
        layers = compose._compose(
            make_request(
                seed=seed, pose=pose, framing=framing, width_px=width_px, height_px=height_px
            )
        )
        shot, (left, top, right, bottom) = layers.shot, layers.figure.face
        assert shot.x + shot.scale * left >= 0
        assert shot.x + shot.scale * right <= layers.width
        assert shot.y + shot.scale * top >= 0
        assert shot.y + shot.scale * bottom <= 1000


def test_same_request_draws_the_same_bytes() -> None:
    request = make_request(
        scene="night_club", pose="dancing", framing="full_body", width_px=256, height_px=320
    )
    first, second = draw_picture(request), draw_picture(request)
    assert first == second
    assert paint_picture(request) == paint_picture(request)


# --- composition --------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", list(FORMAT_SIZES))
@pytest.mark.parametrize("framing", ["close_up", "full_body"])
def test_svg_has_exactly_the_size_of_the_format(slug: str, framing: str) -> None:
    width, height = FORMAT_SIZES[slug]
    svg = draw_picture(make_request(width_px=width, height_px=height, framing=framing))
    assert f'width="{width}" height="{height}"' in svg[:200]


@pytest.mark.parametrize("slug", list(FORMAT_SIZES))
def test_place_fills_every_format(slug: str) -> None:
    width, height = FORMAT_SIZES[slug]
    picture = thumbnail(
        make_request(width_px=width, height_px=height, scene="market_street", framing="full_body")
    )
    assert picture.size == (WIDTH_PX, round(WIDTH_PX * height / width))


@pytest.mark.parametrize("slug", Illustrator.capabilities.poses)
@pytest.mark.parametrize("shape", ["9:16", "16:9"])
def test_head_is_never_cut(slug: str, shape: str) -> None:
    width_px, height_px = FORMAT_SIZES[shape]
    width = 1000 * width_px / height_px
    look = {**LOOK, "outfit_style": "witch"}  # the tallest hat
    figure = draw_figure(look, pose=slug)
    top = compose._head_top(look, figure, None)
    for framing in Illustrator.capabilities.framings:
        shot = compose.frame_figure(figure, top, framing, width, width / 2)
        left, face_top, right, bottom = figure.face
        assert shot.y + shot.scale * top >= 0
        assert shot.y + shot.scale * min(face_top, bottom) >= 0
        assert shot.y + shot.scale * bottom <= 1000
        assert shot.x + shot.scale * left >= 0
        assert shot.x + shot.scale * right <= width


def test_portrait_with_and_without_background() -> None:
    assert "bwash" in draw_portrait(LOOK)
    assert "bwash" not in draw_portrait(LOOK, background=False)
    svg = draw_portrait(LOOK, size_px=300)
    assert rasterise(svg, 60, 60).size == (60, 60)


# --- the same picture twice ---------------------------------------------------------------------


class Shot(NamedTuple):
    """`below` is what the mean distance of a channel between the drawn and the painted picture
    does not reach: a fifth above what was measured, and less than any missing layer makes."""

    scene: str
    lighting: str
    framing: str
    seed: int
    size: tuple[int, int]
    below: float
    outfit: str | None = None

    def __str__(self) -> str:
        return f"{self.scene}-{self.lighting}-{self.framing}"

    @property
    def request(self) -> ImageRequest:
        width_px, height_px = self.size
        names = ("scene", "lighting", "framing", "seed", "outfit")
        chosen = {name: getattr(self, name) for name in names}
        return make_request(**chosen, width_px=width_px, height_px=height_px)


SHOTS = (
    Shot("concert", "softbox", "close_up", 0, (512, 512), 0.52),
    Shot("graffiti_wall", "golden_hour", "close_up", 5, (512, 512), 0.14),
    Shot("snow_day", "overcast", "close_up", 6, (512, 640), 0.13),
    Shot("paris_balcony", "window_light", "close_up", 7, (910, 512), 0.45),
    Shot("bookstore", "flash", "half_body", 2, (512, 640), 0.11),
    Shot("studio_portrait", "neon", "half_body", 4, (512, 512), 0.21),
    Shot("cafe", "candlelight", "full_body", 3, (512, 640), 0.36),
    Shot("rooftop", "golden_hour", "full_body", 8, (512, 512), 0.35),
    Shot("gym", "golden_hour", "half_body", 3, (512, 640), 0.38, "tailored_suit"),
    Shot("yoga_studio", "flash", "full_body", 3, (512, 640), 0.09, "knit_sweater"),
)
SHARE_FAR_OFF = 0.008  # of the pixels, at most: thin edges are sampled otherwise
FAR_OFF = 24
GRAIN = 4  # levels: the two ways round the colours of faint layers otherwise


def seen(picture: Image.Image) -> Image.Image:
    """As from a little away: half a pixel more or less at an edge is no other picture."""
    return picture.convert("RGB").reduce(4)


@lru_cache(maxsize=len(SHOTS))
def drawn(shot: Shot) -> Image.Image:
    return seen(raster._with_resvg(draw_picture(shot.request)))


def distance(shot: Shot) -> tuple[float, float]:
    """Of the painted picture from the drawn one: in its worst channel, and far-off pixels."""
    painted = Image.open(io.BytesIO(paint_picture(shot.request)))
    between = ImageChops.difference(drawn(shot), seen(painted)).point(lambda v: max(0, v - GRAIN))
    red, green, blue = between.split()
    worst = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    return max(ImageStat.Stat(between).mean), sum(worst[FAR_OFF:]) / sum(worst)


def without(layer: str, layers: Layers) -> Layers:
    if layer == "rims":
        return replace(layers, light=replace(layers.light, rims=()))
    return replace(layers, **{layer: 0.0 if layer == "blur" else ""})


@pytest.mark.parametrize("shot", SHOTS, ids=str)
def test_painted_picture_is_the_drawn_one(shot: Shot) -> None:
    mean, share = distance(shot)
    assert mean < shot.below
    assert share < SHARE_FAR_OFF


@pytest.mark.parametrize("shot", SHOTS, ids=str)
def test_painted_picture_without_one_layer_is_another(
    shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the test before this one would prove nothing."""
    drawn(shot)
    whole = compose._compose(shot.request)
    layers = ("behind", "shadows", "person", "rims", "mood", "veil", "blur")
    present = [layer for layer in layers if without(layer, whole) != whole]
    assert len(present) >= 5
    for layer in present:
        monkeypatch.setattr(compose, "_compose", lambda _, left=layer: without(left, whole))
        assert distance(shot)[0] > shot.below, layer


# --- options ------------------------------------------------------------------------------------


def is_drawn(picture: Image.Image) -> bool:
    """Opaque, and more than one colour."""
    whole = picture.getchannel("A").getextrema() == (255, 255)
    return whole and len(picture.getcolors(maxcolors=picture.width * picture.height) or ()) > 9


@pytest.mark.parametrize("field", list(get_catalogue().fields))
def test_option_pictures_differ_within_a_field(field: str) -> None:
    pictures = [option_picture(field, slug, LOOK) for slug in get_catalogue()[field].by_slug]
    assert len(set(pictures)) == len(pictures)
    assert is_drawn(rasterise(pictures[-1], 40, 40))


@pytest.mark.parametrize(
    "field",
    [
        catalogue.SCENES,
        catalogue.ENVIRONMENTS,
        catalogue.LIGHTING,
        catalogue.POSES,
        catalogue.EXPRESSIONS,
        catalogue.FRAMINGS,
    ],
    ids=lambda field: field.slug,
)
def test_studio_pictures_differ_within_a_field(field: Any) -> None:
    pictures = [studio_picture(field.slug, slug) for slug in field.by_slug]
    assert len(set(pictures)) == len(pictures)
    assert is_drawn(rasterise(pictures[0], 40, 40))


@pytest.mark.parametrize("field", ["scene", "environment", "lighting", "pose", "framing"])
def test_studio_picture_of_an_unknown_option_is_a_key_error(field: str) -> None:
    with pytest.raises(KeyError):
        studio_picture(field, "nowhere")


# --- provider -----------------------------------------------------------------------------------


def test_picture_survives_a_restart_between_submit_and_poll() -> None:
    ticket = Illustrator().submit(make_request(scene="colour_backdrop"))
    restored = Ticket(ticket.external_id, json.loads(json.dumps(ticket.data)))
    finished = Illustrator().poll(restored)
    assert isinstance(finished, Finished)
    assert Image.open(io.BytesIO(finished.content)).size == (1024, 1280)
    assert finished.content_type == "image/png"
    assert finished.model == "ryla-illustrator"
    assert finished.digital_source_type.endswith("/algorithmicMedia")
    assert finished.parameters["lighting"] == "softbox"
    assert finished.parameters["outfit"] == "tee_and_jeans"


def test_poll_of_a_foreign_ticket_is_lost() -> None:
    with pytest.raises(ProviderError) as failure:
        Illustrator().poll(Ticket("x", {"seed": 1}))
    assert failure.value.code == "lost"
    assert failure.value.is_transient is False


def test_cancel_is_harmless_twice() -> None:
    provider = Illustrator()
    ticket = provider.submit(make_request())
    provider.cancel(ticket)
    provider.cancel(ticket)


def test_check_accepts_what_is_advertised() -> None:
    Illustrator().check(make_request(environment="cafe", lighting="neon", outfit="pirate"))
    Illustrator().check(make_request(look={**LOOK, "hair_colour": "#12ab9f"}))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scene": "moon_base"}, "scene"),
        ({"environment": "sea_floor"}, "environment"),
        ({"lighting": "laser"}, "lighting"),
        ({"pose": "handstand"}, "pose"),
        ({"framing": "bird_view"}, "framing"),
        ({"expression": "angry"}, "expression"),
        ({"outfit": "toga"}, "outfit"),
        ({"quality": "high"}, "quality"),
        ({"prompt": "with a dog"}, "prompt"),
        ({"references": (b"png",)}, "references"),
        ({"width_px": 1000, "height_px": 1000}, "format"),
        ({"scene": None}, "scene"),
    ],
)
def test_check_refuses_what_is_not_advertised(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(UnsupportedOption) as refusal:
        Illustrator().check(make_request(**changes))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("visual_style", "realistic"),
        ("hair_style", "mohawk"),
        ("hair_colour", "#xyzxyz"),
        ("skin_tone", None),
        ("personality", ["sweet", "grumpy"]),
        ("nsfw_enabled", True),
    ],
)
def test_check_refuses_a_look_it_cannot_draw(field: str, value: Any) -> None:
    with pytest.raises(UnsupportedOption) as refusal:
        Illustrator().check(make_request(look={**LOOK, field: value}))
    assert refusal.value.field == field


def test_unknown_constructor_option_is_refused() -> None:
    with pytest.raises(TypeError):
        Illustrator(colour="blue")

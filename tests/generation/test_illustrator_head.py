from __future__ import annotations

import re
from itertools import product
from xml.etree import ElementTree

import pytest

from characters.catalogue import get_catalogue
from generation import catalogue as studio
from generation.providers.illustrator.face import face_path
from generation.providers.illustrator.head import (
    EXPRESSIONS,
    HAIR_STYLES,
    HeadLayers,
    draw_head,
)
from generation.providers.illustrator.head_traits import read_traits
from generation.providers.illustrator.palette import hair_tones
from generation.providers.illustrator.raster import rasterise
from generation.providers.illustrator.takes import HeadTake

CATALOGUE = get_catalogue(1)
# What a head shows; tattoos, outfit and the visual style are drawn by others.
FIELDS = (
    "presentation",
    "ethnicity",
    "age_range",
    "skin_tone",
    "face_shape",
    "eye_colour",
    "hair_style",
    "hair_colour",
    "body_type",
    "freckles",
    "beauty_marks",
    "scars",
    "piercings",
    "glasses",
    "archetype",
    "personality",
)
LOOK = {
    "presentation": "female",
    "ethnicity": "latino",
    "age_range": "26-33",
    "skin_tone": "medium",
    "face_shape": "oval",
    "eye_colour": "hazel",
    "hair_style": "wavy",
    "hair_colour": "brown",
    "body_type": "average",
    "freckles": "none",
    "beauty_marks": "none",
    "scars": "none",
    "piercings": "none",
    "glasses": "none",
    "archetype": "next_door",
    "personality": ["confident"],
    "seed": "5f0c",
}


def look(**changes: object) -> dict[str, object]:
    return {**LOOK, **changes}


def slugs(field: str) -> list[str]:
    return list(CATALOGUE[field].by_slug)


def answer(field: str, slug: str) -> object:
    return [slug] if CATALOGUE[field].max_choices > 1 else slug


def document(layers: HeadLayers) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="270"'
        ' viewBox="-100 -170 200 270">'
        f"{layers.back}{layers.front}</svg>"
    )


def pixels(layers: HeadLayers) -> bytes:
    return rasterise(document(layers), 240, 324).tobytes()


def test_hair_styles_equal_the_catalogue():
    assert list(HAIR_STYLES) == slugs("hair_style")


def test_expressions_equal_the_catalogue():
    assert list(EXPRESSIONS) == list(studio.EXPRESSIONS.by_slug)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("presentation", ["female", "male", "androgynous"])
def test_every_option_of_a_field_is_a_drawing_of_its_own(field, presentation):
    base = look(presentation=presentation)
    drawings = {document(draw_head({**base, field: answer(field, s)})) for s in slugs(field)}
    assert len(drawings) == len(slugs(field))


@pytest.mark.parametrize("field", [f for f in FIELDS if f != "personality"])
def test_every_option_of_a_field_is_visible_in_the_picture(field):
    pictures = {pixels(draw_head(look(**{field: slug}))) for slug in slugs(field)}
    assert len(pictures) == len(slugs(field))


@pytest.mark.parametrize("hair_style", HAIR_STYLES)
@pytest.mark.parametrize("detail", [{"piercings": "ear"}, {"glasses": "round"}, {"scars": "brow"}])
def test_a_detail_shows_with_every_hair_style(hair_style, detail):
    plain = pixels(draw_head(look(hair_style=hair_style)))
    assert pixels(draw_head(look(hair_style=hair_style, **detail))) != plain


def test_every_expression_is_visible_in_the_picture():
    pictures = {pixels(draw_head(look(), expression)) for expression in EXPRESSIONS}
    assert len(pictures) == len(EXPRESSIONS)


def test_hair_colour_as_hex_is_used():
    assert "#12ab9f" in document(draw_head(look(hair_colour="#12ab9f")))


def test_another_seed_is_another_person():
    drawings = {document(draw_head(look(seed=str(n)))) for n in range(20)}
    assert len(drawings) == 20


@pytest.mark.parametrize("presentation", slugs("presentation"))
def test_people_of_one_description_differ_in_what_makes_a_face(presentation):
    """Spreads over many seeds, in head units: enough to tell three of them apart at a glance."""
    people = [read_traits(look(seed=str(n), presentation=presentation)) for n in range(60)]

    def spread(measure):
        values = sorted(measure(one) for one in people)
        return values[-6] - values[5]  # without the extremes

    assert spread(lambda one: one.eye_w) > 1.6
    assert spread(lambda one: one.eye_h) > 0.8
    assert spread(lambda one: one.eye_tilt) > 1.5
    assert spread(lambda one: one.eye_x) > 1.5
    assert spread(lambda one: one.brow_w) > 1.0
    assert spread(lambda one: one.brow_arch) > 1.4
    assert spread(lambda one: one.nose_w) > 1.4
    assert spread(lambda one: one.nose_y) > 2.5
    assert spread(lambda one: one.mouth_w) > 1.8
    assert spread(lambda one: one.lip_upper) > 0.9
    assert spread(lambda one: one.edge(-38)) > 2.0
    assert spread(lambda one: one.right_contour[-1][1]) > 1.8
    assert len({one.skin.base for one in people}) > 3


def test_a_take_changes_the_picture_and_not_the_person():
    still, turned = draw_head(look()), draw_head(look(), take=HeadTake(2.5, 1.0, (0.8, 0.2), -1))
    assert pixels(turned) != pixels(still)
    shape = face_path(read_traits(look()))
    assert shape in still.front
    assert shape in turned.front
    assert still.back == turned.back


@pytest.mark.parametrize("colour", ["black", "brown", "blonde", "auburn", "red"])
def test_chosen_hair_colour_shows_at_every_age(colour):
    def base(age):
        return hair_tones(look(hair_colour=colour, age_range=age)).base

    def distance(one, other):
        channels = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
        return max(abs(a - b) for a, b in channels)

    gray = hair_tones(look(hair_colour="gray")).base
    old = base("66-80")
    assert distance(old, base("18-25")) < 25
    assert distance(old, gray) > distance(old, base("18-25"))


def test_facial_hair_varies_with_the_seed_and_only_for_masculine_presentation():
    def fronts(presentation: str) -> list[int]:
        same = {"presentation": presentation, "hair_style": "bald", "age_range": "34-41"}
        looks = [look(seed=str(n), **same) for n in range(40)]
        # Dimples are drawn for some of all people and have nothing to do with hair.
        return [
            len(draw_head(one).front) for one in looks if not read_traits(one).person.has_dimples
        ]

    male, female = fronts("male"), fronts("female")
    assert max(male) - min(male) > 5_000
    assert max(female) - min(female) < 1_000


def test_the_same_look_gives_the_same_text():
    assert draw_head(look(), "smile", uid="a") == draw_head(look(), "smile", uid="a")


@pytest.mark.parametrize("hair_style", HAIR_STYLES)
def test_ids_are_unique_start_with_the_uid_and_cover_all_references(hair_style):
    text = document(draw_head(look(hair_style=hair_style, glasses="sunglasses"), uid="fig7"))
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert all(name.startswith("fig7") for name in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)


@pytest.mark.parametrize(
    ("hair_style", "face_shape", "presentation"),
    list(product(HAIR_STYLES, slugs("face_shape"), slugs("presentation"))),
)
def test_every_hair_on_every_face_is_valid_xml_without_odd_numbers(
    hair_style, face_shape, presentation
):
    text = document(
        draw_head(look(hair_style=hair_style, face_shape=face_shape, presentation=presentation))
    )
    ElementTree.fromstring(text)
    assert not re.search(r"\bnan\b|\binf\b", text)


def test_unknown_expression_is_refused():
    with pytest.raises(KeyError):
        draw_head(look(), "bored")


def test_unknown_hair_style_is_refused():
    with pytest.raises(KeyError):
        draw_head(look(hair_style="mohawk"))

from __future__ import annotations

import re
from itertools import product
from xml.etree import ElementTree

import pytest
import resvg_py

from characters.catalogue import get_catalogue
from generation import catalogue as studio
from generation.providers.illustrator.head import (
    EXPRESSIONS,
    HAIR_STYLES,
    HeadLayers,
    draw_head,
)

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
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-100 -170 200 270">'
        f"{layers.back}{layers.front}</svg>"
    )


def pixels(layers: HeadLayers) -> bytes:
    return bytes(resvg_py.svg_to_bytes(svg_string=document(layers), width=240))


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


def test_facial_hair_varies_with_the_seed_and_only_for_masculine_presentation():
    def fronts(presentation: str) -> list[int]:
        same = {"presentation": presentation, "hair_style": "bald", "age_range": "34-41"}
        return [len(draw_head(look(seed=str(n), **same)).front) for n in range(30)]

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

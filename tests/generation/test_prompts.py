"""The words a look and a scene become. What stands here as text is what models were given: a
change of it is a new PROMPT_VERSION."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from characters.catalogue import get_catalogue
from characters.config import CHOICE_FIELDS, FACE_FIELDS, CharacterConfig
from generation import catalogue, prompts
from generation.prompts import PROMPT_VERSION, compile_prompt
from generation.providers.base import ImageRequest, Reference

FACE = Reference("base_face", "1", "a" * 64)


def request_of(look: dict[str, Any] | None = None, **choices: Any) -> ImageRequest:
    drawn = CharacterConfig.parse(look or {}).to_json()
    sized: dict[str, Any] = {"seed": 1, "width_px": 1024, "height_px": 1280}
    return ImageRequest(external_key="", look=drawn, **{**sized, **choices})


def test_plain_request_reads_as_it_always_did() -> None:
    assert PROMPT_VERSION == 1
    compiled = compile_prompt(request_of())
    assert compiled.text == (
        "A digital illustration, a half-body shot from the hips up, showing an adult woman, "
        "26 to 33 years old, of mixed heritage, with an average build. "
        "Medium skin, an oval face, brown eyes, brown hair, worn long and straight. "
        "Wearing a tee and jeans, with a calm face, standing relaxed. "
        "Before a plain studio backdrop. "
        "An approachable, everyday feel, coming across as confident."
    )
    assert compiled.negative == (
        "child, teenager, underage-looking person, nudity, second person, extra fingers, "
        "deformed hands, extra limbs, distorted face, text, watermark, logo, "
        "photograph, 3d render"
    )


def test_full_request_reads_as_it_always_did() -> None:
    look = {
        "presentation": "male",
        "visual_style": "realistic",
        "ethnicity": "black",
        "age_range": "66-80",
        "hair_style": "bald",
        "hair_colour": "red",
        "body_type": "plus_size",
        "freckles": "light",
        "beauty_marks": "lip",
        "scars": "brow",
        "piercings": "ear",
        "tattoos": "small",
        "glasses": "round",
        "archetype": "professional",
        "personality": ["laid_back", "bold"],
    }
    request = request_of(
        look,
        scene="beach_sunset",
        environment="cafe",
        lighting="neon",
        pose="waving",
        framing="close_up",
        expression="laugh",
        outfit="pirate",
        prompt="  with a red\n umbrella ",
        references=(FACE, replace(FACE, role="character")),
    )
    assert compile_prompt(request).text == (
        "A realistic photograph, a close-up of the head and shoulders, showing an adult man, "
        "66 to 80 years old, of African heritage, with a plus-size build. "
        "The very same person as in the reference pictures, with the same face. "
        "Medium skin, an oval face, brown eyes, a bald head, a few freckles, "
        "a beauty mark above the lip, a small scar through one eyebrow, pierced ears, "
        "a small tattoo, round glasses. "
        "Wearing a pirate costume, laughing, waving at the viewer. "
        "In a café, in the mood of beach sunset, in neon light. "
        "A composed, professional feel, coming across as laid-back and bold. "
        "With a red umbrella."
    )


def test_each_word_points_to_the_choice_that_caused_it() -> None:
    request = request_of({"freckles": "heavy"}, lighting="flash", prompt="In Rome!")
    compiled = compile_prompt(request)
    rest = compiled.text.lower()
    for phrase in compiled.trace:
        before, found, rest = rest.partition(phrase.words.lower())
        assert found
        assert before in ("", ", ", ". ")
    assert rest in ("", ".")
    causes = {phrase.field: phrase.choice for phrase in compiled.trace}
    assert causes["freckles"] == "heavy"
    assert causes["lighting"] == "flash"
    assert (compiled.trace[-1].field, compiled.trace[-1].choice) == ("prompt", "In Rome!")


@pytest.mark.parametrize("field", CHOICE_FIELDS)
def test_each_choice_of_a_look_has_words_of_its_own(field: str) -> None:
    slugs = [option.slug for option in get_catalogue()[field].options]
    looks = [{field: [s] if field == "personality" else s} for s in slugs]
    assert len({compile_prompt(request_of(look)).text for look in looks}) == len(slugs)


@pytest.mark.parametrize(
    ("field", "table"),
    [
        (catalogue.SCENES, prompts._SCENES),
        (catalogue.ENVIRONMENTS, prompts._ENVIRONMENTS),
        (catalogue.LIGHTING, prompts._LIGHTING),
        (catalogue.POSES, prompts._POSES),
        (catalogue.FRAMINGS, prompts._FRAMING),
        (catalogue.EXPRESSIONS, prompts._EXPRESSION),
        (get_catalogue()["outfit_style"], prompts._OUTFITS),
    ],
)
def test_each_choice_of_the_studio_has_words_written_for_it(field: Any, table: Any) -> None:
    slugs = [option.slug for option in field.options]
    assert sorted(table) == sorted(slugs)
    name = "outfit" if field.slug == "outfit_style" else field.slug
    texts = {compile_prompt(request_of(**{name: slug})).text for slug in slugs}
    assert len(texts) == len(slugs)


@pytest.mark.parametrize("presentation", ["female", "male", "androgynous"])
@pytest.mark.parametrize("age", ["18-25", "66-80"])
def test_adult_is_said_for_everyone_and_children_are_kept_out(presentation: str, age: str) -> None:
    compiled = compile_prompt(request_of({"presentation": presentation, "age_range": age}))
    assert "adult" in compiled.text.split(". ")[0]
    assert compiled.negative.startswith("child, teenager, underage-looking person")


@pytest.mark.parametrize(
    ("colour", "words"),
    [("#8a2be2", "violet hair"), ("#000000", "jet black hair"), ("#ff69b4", "hot pink hair")],
)
def test_colour_of_ones_own_is_named(colour: str, words: str) -> None:
    assert words in compile_prompt(request_of({"hair_colour": colour})).text


def test_words_are_the_same_for_the_same_request_whatever_the_seed() -> None:
    assert compile_prompt(request_of(seed=1)) == compile_prompt(request_of(seed=2))


def test_choice_of_a_later_catalogue_is_said_as_it_is_written() -> None:
    request = request_of()
    request = replace(request, look={**request.look, "outfit_style": "space_kilt"})
    assert "wearing space kilt" in compile_prompt(request).text.lower()


def test_every_part_of_a_face_is_said() -> None:
    plain = {p.field for p in compile_prompt(request_of()).trace}
    dressed = request_of(
        {
            "freckles": "light", "beauty_marks": "lip", "scars": "brow", "piercings": "ear",
            "tattoos": "small", "glasses": "round",
        }
    )  # fmt: skip
    said = {p.field for p in compile_prompt(dressed).trace}
    assert set(FACE_FIELDS) <= said
    assert not {"freckles", "scars", "glasses"} & plain

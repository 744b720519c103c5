from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.moderation import phrases
from generation.moderation.lexing import Lexicon
from generation.moderation.rules import VERSION, RulesModerator

BLOCKED = (
    "highschool girl",
    "not 18 yet",
    "17 going on 18",
    "as young as 12",
    "16 y.o.",
    "16yo",
    "sixteen yo",
    "age: 15",
    "aged 17",
    "15 year old",
    "15-year-old girl",
    "looks 14",
    "looks about 14 in this light",
    "under 18",
    "she is 16",
    "Mia is sixteen.",
    "I'm 17 and free",
    "I am 5 years old",
    "a teen girl",
    "teenage girl in a bikini",
    "looks like a child",
    "she is a minor",
    "dressed as a child",
    "schoolgirl",
    "School Girl",
    "jailbait",
    "barely legal",
    "pre-teen model",
    "underage",
    "under-age",
    "almost 18",
    "10th grader",
    "high school student",
    "rape",
    "non-consensual",
    "molested",
    "deepfake of a singer",
    "deep fake",
    "porn",
    "blowjob",
    "she is in her late teens",
    "age of consent 14, she looks 13",
    "sweet sixteen birthday",
    "13-15 years old",
    "15yrs old",
    "15 yr old",
    "ages 12-14",
    "15 Jahre alt",
    "younger than 16",
    "Cute teen",
    "15 year old violin girl",
    "photo of a minor girl",
    "acts like a child",
    "teen-girl",
    "nude photo of my ex",
    "turned 16.",
    "girl, 15",
    "15 anos de edad",
)
# Each a disguise seen in the wild, beside those that are made up below.
DISGUISED = (
    "schооlgirl",
    "Ｓchoolgirl",
    "sch00lg1rl",
    "s c h o o l g i r l",
    "s.c.h.o.o.l.g.i.r.l",
    "sch_ool-girl",
    "scho\u200bolgirl",
    "lоli",
    "l o l i",
    "l0l1",
    "LoIita",
    "loooli",
    "l6 y.o.",
    "１６ years old",
    "①⑥ yo",
    "١٦ yo",
    "r a p e",
    "n0n-c0nsensu4l",
    "p0rn",
    "pоrn star",
    "p.o.r.n",
    "sexyschoolgirl_16",
    "15 y/o",
    "15y.o",
    "tengo 15 años",
    "M I N O R girl",
    "S\u034ec\u034eh\u034eo\u034eo\u034el\u034eg\u034ei\u034er\u034el\u034e",
    "ʟᴏʟɪ",
    "🅛🅞🅛🅘",
    "preteen_mia",
)
UNSURE = (
    "teenage dream of travelling",
    "mother of a 5 year old",
    "mum of two kids",
    "began violin at age 6",
    "my son is 5 years old",
    "born in 2012",
    "a teen",
    "kids everywhere",
    "since I was a little girl",
    "school uniform",
    "face swap",
    "Scarlett lookalike",
    "nude",
    "Mia, 16, from Paris",
    "when I was 12",
    "minor",
    "photo of a minor.",
    "17 | Paris",
    "when I was a kid",
    "bar-cum-gallery",
    "turning 16 next week",
    "turns 17 in May",
    "Cum on feel the noize",
    "as a kid I drew",
)
HARMLESS = (
    "Grew up with 4 brothers",
    "She is 1 of a kind",
    "girl, 25",
    "24 yo, 5'7",
    "34 | she/her | Lisbon",
    "golden hour, f/1.8, 85mm, ISO 100",
    "Wakes at 5:30, in bed by 22.",
    "Under 10 minutes from the sea",
    "Scunthorpe born",
    "Тина, кофе и море",
    "Καλημέρα Αθήνα",
    "5 years in Lisbon",
    "10 years of yoga",
    "minor scale",
    "a minor injury",
    "my inner child",
    "childhood in Porto",
    "17 countries",
    "16 mm film",
    "16mm film lover",
    "class of 2016",
    "height 170 cm, weight 60 kg",
    "I am 5'9 and love rooftops",
    "I am 5 ft 9",
    "18 year old",
    "21 yo",
    "5 min or less",
    "Sonata in A minor.",
    "I have been to 17 countries in 10 years",
    "twenty-five years old",
    "25 years old",
    "35yo",
    "a 12 year old whisky",
    "my dog is 5 years old",
    "Sussex and Essex",
    "cocktails and peacocks",
    "grape harvest, therapist",
    "canteen, nineteen eighty four",
    "eighteen",
    "nude lipstick",
    "magna cum laude",
    "high school teacher",
    "girl next door",
    "She runs 10 km every morning",
    "is 15 minutes late",
    "up at 5, gym by 6",
    "Top 10 lists",
    "iPhone 15 photos",
    "born in 1995",
    "10/10 would brunch again",
    "3 cats, 2 dogs",
    "over 18",
    "under 10 minutes",
    "waves at sunset",
    "page 16",
    "level 14 wizard",
    "loves the colour teal and lilies",
    "She is 16 countries into her trip",
    "Woman of 40 years",
    "Love is my age-old hobby",
    "loft 16, Berlin",
    "Will travel 24/7",
    "1011",
    "C minor chord",
    "Art school graduate",
    "My lucky number is 7.",
    "Tesla Model 3.",
    "Spider-Man 2. Great.",
    "a yoga student of 10 years",
    "be kinder",
    "Nina loves tea",
    "alt girl with tattoos",
    "pretty minor injury",
    "10, 9, 8, go",
    "pose 3, then pose 5",
    "Local celebrity chef",
    "leads a choir, 12 concerts a year",
    "3, 7, 16, 22",
    "Half marathon in 1:45",
    "Apartment 5, 10 min to the sea",
    "25yo",
    "18+",
    "I am 30 and free",
    "I turn coffee into code. 12 repos.",
    "turned 40 last May",
    "Climber. Coffee at 7. Aged 34.",
    "just kidding",
    "like a kid in a candy store",
    "With a minor in psychology.",
    "Mara Vale",
    "mara_vale-34",
    "",
)

moderator = RulesModerator()


def decide(text: str, context: str = "bio") -> str:
    return moderator.screen_text(text, context).decision


# --- The table -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", BLOCKED + DISGUISED)
def test_text_rylas_pictures_never_show_is_blocked(text: str) -> None:
    assert decide(text) == "block"


@pytest.mark.parametrize("text", UNSURE)
def test_text_that_reads_either_way_is_sent_back_for_other_words(text: str) -> None:
    assert decide(text) == "review"


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_allowed(text: str) -> None:
    verdict = moderator.screen_text(text, "bio")
    assert (verdict.decision, verdict.reasons) == ("allow", ())


@pytest.mark.parametrize("text", BLOCKED + UNSURE)
def test_refusal_says_what_to_change_and_who_decided(text: str) -> None:
    verdict = moderator.screen_text(text, "bio")
    assert verdict.version == VERSION
    assert all(re.search("“[^”]+”", r) for r in verdict.reasons)
    assert all(re.search("take (it )?out|leave it out", r) for r in verdict.reasons)
    assert verdict.reasons


def test_refusal_names_the_words_it_means() -> None:
    (reason,) = moderator.screen_text("A l-o-l-i-t-a look", "bio").reasons
    assert (
        reason
        == "this text suggests somebody under 18, and every character is an adult; take out “loli”."
    )


@pytest.mark.parametrize(
    ("text", "in_name", "in_bio"),
    [("Mia, 15", "review", "review"), ("Mia 15", "review", "allow"), ("Mia 25", "allow", "allow")],
)
def test_number_at_the_end_of_a_name_is_read_as_an_age(
    text: str, in_name: str, in_bio: str
) -> None:
    assert (decide(text, "name"), decide(text, "bio")) == (in_name, in_bio)


@pytest.mark.parametrize("age", range(1, 18))
@pytest.mark.parametrize("form", ["{} years old", "{}yo", "{}-year-old", "aged {}", "she is {}."])
def test_every_age_below_18_is_blocked(form: str, age: int) -> None:
    assert decide(form.format(age)) in {"block", "review"}
    assert decide(f"Mia, {age} y.o.") == "block"


@pytest.mark.parametrize("age", range(18, 81))
@pytest.mark.parametrize("form", ["{} years old", "{}yo", "{}-year-old", "aged {}", "she is {}."])
def test_every_age_from_18_is_allowed(form: str, age: int) -> None:
    assert decide(form.format(age)) == "allow"


@pytest.mark.parametrize("word", [*phrases.NUMBERS][18:])
def test_ages_from_18_in_words_are_allowed(word: str) -> None:
    assert decide(f"{word} years old") == "allow"


@pytest.mark.parametrize("text", ["porn", "nude", "a sex scene"])
def test_explicit_words_pass_where_adult_content_is_offered(text: str) -> None:
    assert RulesModerator(allows_explicit=True).screen_text(text, "prompt").decision == "allow"
    assert decide(text, "prompt") != "allow"


def test_adult_content_offered_opens_nothing_else() -> None:
    open_one = RulesModerator(allows_explicit=True)
    assert [open_one.screen_text(t, "prompt").decision for t in ("teen porn", "rape")] == [
        "block",
        "block",
    ]


# --- Disguises -----------------------------------------------------------------------------------

ALPHABETS = {
    "fullwidth": lambda c: chr(ord(c) + 0xFEE0),
    "circled": lambda c: chr(ord(c) - 97 + 0x24D0) if c.islower() else c,
    "bold": lambda c: chr(ord(c) - 97 + 0x1D41A) if c.islower() else c,
    "boxed": lambda c: chr(ord(c) - 97 + 0x1F170) if c.islower() else c,
    "cyrillic": lambda c: {**dict(zip("aceopxyisjh", "асеорхуіѕјһ", strict=True))}.get(c, c),
    "greek": lambda c: {**dict(zip("aeiouvnt", "αειουνητ", strict=True))}.get(c, c),
    "small_caps": lambda c: {**dict(zip("abcdegilmnor", "ᴀʙᴄᴅᴇɢɪʟᴍɴᴏʀ", strict=True))}.get(c, c),
}
MARKS = ["\u200b", "\u200d", "\u2060", "\u00ad", "\ufeff", "\u0336", "\u0301", "\ufe0f"]
LEET = dict(zip("oieas", "01345", strict=True))
REFUSED = {"block", "review"}
quietly = settings(derandomize=True, deadline=None, max_examples=500)


def in_alphabet(text: str, name: str, chosen: list[bool]) -> str:
    draw = ALPHABETS[name]
    return "".join(
        draw(c) if c.isascii() and c.isalnum() and chosen[n % len(chosen)] else c
        for n, c in enumerate(text.lower())
    )


@quietly
@given(
    st.sampled_from(BLOCKED),
    st.sampled_from([*ALPHABETS]),
    st.lists(st.booleans(), min_size=1, max_size=9),
)
def test_letters_of_other_alphabets_hide_nothing(text: str, name: str, chosen: list[bool]) -> None:
    assert decide(in_alphabet(text, name, chosen)) == "block"


@quietly
@given(st.sampled_from(BLOCKED), st.lists(st.sampled_from([*MARKS, ""]), min_size=1, max_size=9))
def test_marks_between_and_on_letters_hide_nothing(text: str, marks: list[str]) -> None:
    assert decide("".join(c + marks[n % len(marks)] for n, c in enumerate(text))) == "block"


@quietly
@given(st.sampled_from(BLOCKED), st.sampled_from([*"_-.·*~", "–", ". ", " "]))
def test_separators_between_letters_hide_nothing(text: str, separator: str) -> None:
    apart = text.lower().replace(" ", "   ")
    assert decide(re.sub("[a-z]+", lambda word: separator.join(word[0]), apart)) in REFUSED


@quietly
@given(st.sampled_from(BLOCKED), st.lists(st.booleans(), min_size=1, max_size=9))
def test_digits_for_letters_hide_nothing(text: str, chosen: list[bool]) -> None:
    def leet(word: re.Match[str]) -> str:
        letters, left = list(word[0]), len(word[0]) // 2
        for n, letter in enumerate(letters):
            if letter in LEET and left and chosen[n % len(chosen)]:
                letters[n], left = LEET[letter], left - 1
        return "".join(letters)

    assert decide(re.sub("[a-z]{3,}", leet, text.lower())) in REFUSED


@quietly
@given(st.sampled_from(BLOCKED), st.sampled_from(HARMLESS), st.sampled_from(HARMLESS))
def test_harmless_text_around_hides_nothing(text: str, before: str, after: str) -> None:
    assert decide(f"{before}\n{text}\n{after}") == "block"


@quietly
@given(st.sampled_from(HARMLESS), st.sampled_from(HARMLESS))
def test_harmless_texts_together_stay_harmless(first: str, second: str) -> None:
    assert decide(f"{first}\n{second}") == "allow"


@quietly
@given(st.sampled_from(HARMLESS), st.sampled_from([str.upper, str.lower, str.title]))
def test_harmless_text_in_other_case_stays_harmless(text: str, case: Any) -> None:
    assert decide(case(text)) == "allow"


@quietly
@given(st.text(max_size=60), st.sampled_from(["name", "handle", "bio", "prompt"]))
def test_any_text_gets_one_of_three_answers_and_the_same_again(text: str, context: str) -> None:
    verdict = moderator.screen_text(text, context)
    assert verdict.decision in {"allow", "review", "block"}
    assert bool(verdict.reasons) == (verdict.decision != "allow")
    assert moderator.screen_text(text, context) == verdict


@quietly
@given(st.text(max_size=60))
def test_normal_forms_of_a_text_get_one_answer(text: str) -> None:
    forms = {decide(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert len(forms) == 1


# --- Work grows with the text, not faster --------------------------------------------------------

PATTERNS = (*phrases.HARMLESS, *(rule.pattern for rule in (*phrases.OTHERS, *phrases.RULES)))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_pattern_repeats_without_a_small_bound(pattern: str) -> None:
    assert not set("*+") & set(pattern)
    bounds = [bound.split(",") for bound in re.findall(r"\{([^}]*)\}", pattern)]
    assert all(bound[-1] and int(bound[-1]) <= 30 for bound in bounds)
    # Bounded inside bounded multiplies: none of more than 4 times a group.
    assert all(int(n) <= 4 for n in re.findall(r"\)\{\d,(\d+)\}", pattern))


class CountingSet(set[str]):
    asked = 0

    def __contains__(self, item: object) -> bool:
        self.asked += 1
        return super().__contains__(item)


@pytest.mark.parametrize("unit", ["s ", "a", "schoolgir", "s.c.h.o", "under age ", "1", "1o", "-"])
def test_lexicon_looks_up_no_more_than_its_longest_word_at_each_place(unit: str) -> None:
    lexicon = Lexicon(["schoolgirl", "underage"], phrases.SPELLINGS, phrases.NUMBERS)
    lexicon._beginnings = CountingSet(lexicon._beginnings)
    text = (unit * 10_000)[:10_000]
    rendered = lexicon.render(text, digits_are_letters=False)
    assert lexicon._beginnings.asked <= lexicon.longest * len(text)
    assert len(rendered) <= 3 * len(text) + 5


@pytest.mark.parametrize("unit", ["is like a the ", "mother of 1 ", "sch00l_", "16 ", "mi\u0301n "])
def test_very_long_hostile_text_is_answered(unit: str) -> None:
    assert decide((unit * 10_000)[:10_000] + " rape") == "block"

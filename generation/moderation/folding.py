"""What a text looks like to a reader, in plain letters and digits.

Several readings are made of it: digits as numbers, as the letters they stand for (`m1n0r`), or
each as its word suggests. `l` and `i` are one letter, `i`, in all of them, since `l`, `I`, `1`
and `|` are told apart by nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Letters of other scripts that are drawn like ours, for what NFKD leaves alone; after Unicode
# TR39 (https://www.unicode.org/reports/tr39/), shortened to the scripts that fonts carry.
_LOOKALIKES = {
    "2": "ƧϨ",
    "3": "ƷȜЗзӠᴣ",
    "6": "б",
    "8": "Ȣȣ",
    "a": "ɑΑαАаᎪᴀɐ⍺Ꭺᗅ∂",
    "b": "ƄΒβВвЬьᏏᏴᑲᖯᗷʙß",
    "c": "ΣςСсᏟᴄⲤⲥϲ⊂",
    "d": "ԁᎠᏧᑯᗞᗪᴅđɗ",
    "e": "ΕεЕеҽєЄᎬ℮⋿ⴹᴇəɛɘ",
    "f": "Ϝքᖴƒғꜰ",
    "g": "ƍɡԌԍցᏀᏳᶃɢ",
    "h": "ΗНнһհᎻᏂᕼⲎʜħ",
    "i": "ıɩɪιІіӀӏᎥ⍳ɨΙǀᛁ∣│ⲒƖᏞᒪⳐⵏʟłɭ",
    "j": "ͿϳЈјᎫᒍᴊ",
    "k": "ΚκКкᏦᛕⲔᴋ",
    "m": "ΜМмϺᎷᗰᛖⲘᴍɱ",
    "n": "ΝηПпИиոռⲚɴŋɲɳͷ",
    "o": "ΟοσОоՕօⲞⲟⵔᴏᴑøɵ০੦૦〇",
    "p": "ΡρРрᏢᑭ⍴Ⲣⲣᴘþ",
    "q": "ԛգզⵕ",
    "r": "ƦгГᎡᏒᖇᴦⲅʀɾя",
    "s": "ƽЅѕՏᏕᏚꜱʂ",
    "t": "ΤτТтᎢ⊤⟙Ⲧᴛŧʇƚ",
    "u": "ʋυՍսሀᑌᴜ∪⋃цЦμʉ",
    "v": "νѴѵᏙᏉᐯᴠ∨⋁ⴸ",
    "w": "ɯѡԜԝաᎳᏔᴡωшШ",
    "x": "ΧχХхᕁᕽ᙭᙮ᚷ×Ⲭⵝ",
    "y": "ɣʏΥγуУҮүҰұᎩᎽᶌỿⲨ",
    "z": "ΖᏃᴢƶʐ",
}
_BOXED_ALPHABETS = (0x1F150, 0x1F170, 0x1F1E6)  # white on black, and the letters of flags
_PLAIN = {
    **{ord(c): plain for plain, drawn in _LOOKALIKES.items() for c in drawn},
    **{start + n: chr(97 + n) for start in _BOXED_ALPHABETS for n in range(26)},
    **dict.fromkeys((0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800), " "),  # drawn as nothing
}
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc", "Cn", "Co"})
_LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
# Capitals, so that a reader can tell how much of a word was letters before.
_LEET_DIGITS = str.maketrans("0134578", "OIEASTB")
_LEET_SIGNS = str.maketrans("@$!|€", "ASIIE")
_ONE_LETTER = str.maketrans("l", "i")


def fold(text: str) -> str:
    """Case, accents, invisible marks, other alphabets and other digits taken away."""
    return "".join(_fold(text)).casefold()


def skeleton(folded: str) -> str:
    return folded.translate(_ONE_LETTER)


def readings(text: str) -> Iterator[tuple[str, bool]]:
    """(reading, whether digits are letters in it), each reading once."""
    plain = fold(text)
    seen = set()
    for words in (plain, fold(_HUMPS.sub("_", text))):
        for calm in (_STRETCHED.sub(r"\1\1", words), _STRETCHED.sub(r"\1", words)):
            mixed = _LEET_WORD.sub(_leet_word, calm)
            for reading in (
                (_read_digits(calm), False),
                (_read_digits(mixed), False),
                *((leet, True) for leet in _read_leet(calm)),
            ):
                if reading not in seen:
                    seen.add(reading)
                    yield reading


_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_DRAWN_AS_ONE = re.compile(r"(?<![a-z0-9])[il|](?=[0-9](?![0-9a-zA-Z])|[0-9]y)")
_DRAWN_AS_ZERO = re.compile(r"(?<=1)o(?![a-zA-Z0-9])")
_DIGITS_AT_EDGE = re.compile(r"(?<=[a-z])[0-9]+(?![a-z0-9])|(?<![a-z0-9])[0-9]+(?=[a-z])")
_SIGN_INSIDE = re.compile(r"(?<=[a-z0-9])[@$!|€](?=[a-z0-9@$!|€])|(?<![a-z0-9])[@$!|](?=[a-z])")


def _fold(text: str) -> Iterator[str]:
    for char in unicodedata.normalize("NFKD", _FRACTIONS.sub(" ", text)):
        if char.isascii() and char.isprintable():
            yield char
        elif char in _LINE_ENDS:
            yield "\n"
        elif char.isspace():
            yield " "
        elif ord(char) in _PLAIN:
            yield _PLAIN[ord(char)]
        elif char.isdecimal():
            yield str(unicodedata.decimal(char))
        elif unicodedata.category(char) not in _UNSEEN:
            yield char


_LEET_WORD = re.compile(
    r"(?:(?<![a-z0-9@$!|€])(?![0-9]{1,2}y)|(?<=[0-9])(?=y))[a-z0-9@$!|€]+(?<!!)"
)
_FRACTIONS = re.compile("[¼-¾⅐-⅞]")  # `16½` is not 161 over 2


def _leet_word(word: re.Match[str]) -> str:
    """`y34rs` is a word, `16` and `16yo` hold a number."""
    letters = sum(c.isalpha() for c in word[0])
    if letters * 2 < len(word[0]):
        return word[0]
    return word[0].translate(_LEET_SIGNS).translate(_LEET_DIGITS)


def _read_digits(folded: str) -> str:
    return skeleton(_DRAWN_AS_ZERO.sub("0", _DRAWN_AS_ONE.sub("1", folded)))


def _read_leet(folded: str) -> Iterator[str]:
    """Digits and signs as letters; once with the digits at the end of a word, once without."""
    for words in (folded, _DIGITS_AT_EDGE.sub("", folded)):
        signs = _SIGN_INSIDE.sub(lambda sign: sign[0].translate(_LEET_SIGNS), words)
        yield skeleton(signs.translate(_LEET_DIGITS))

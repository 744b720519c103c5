"""A reading cut into words that rules can speak about, however they were spaced or spelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from generation.moderation.folding import skeleton

_PIECE = re.compile(r"[a-zA-Z]+|[0-9]+(?:[.,][0-9]+)*")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\Z")
_SINGLE_MIN = 3
_SPACED_OUT_MIN = 6  # shorter words turn up by chance across a space: `5 min or less`
_DIGITS_MAX = 6
_TENS = frozenset(str(ten) for ten in range(20, 100, 10))


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    gap: str  # what follows it


class Lexicon:
    """Words with their spellings: `{"year": ("years", "yrs")}`. Whatever else a text holds
    passes through as it is.

    Numbers may be spelled in words (`spelled_numbers`, e.g. `{"sixteen": 16}`).
    """

    def __init__(
        self,
        words: Iterable[str],
        spellings: Mapping[str, tuple[str, ...]],
        spelled_numbers: Mapping[str, int],
    ) -> None:
        self._meant = {skeleton(word): skeleton(word) for word in words}
        for word, others in spellings.items():
            self._meant |= {skeleton(other): skeleton(word) for other in (word, *others)}
        self._numbers = {skeleton(word): number for word, number in spelled_numbers.items()}
        self._known = {*self._meant, *self._numbers}
        self._beginnings = {word[:end] for word in self._known for end in range(1, len(word) + 1)}
        self.longest = max(map(len, self._known))

    def render(self, reading: str, *, digits_are_letters: bool) -> str:
        """The reading as words between single spaces, e.g. ` . mia , 16 year old . `.

        `,` and `.` mark pauses; `'` a foot or minute sign. Time grows with the length of the
        reading times `longest`, whatever it holds.
        """
        pieces = list(_pieces(reading))
        words = list(_join_tens(self._words(pieces, digits_are_letters)))
        return f" . {' '.join(words)} . "

    def _words(self, pieces: list[_Piece], digits_are_letters: bool) -> Iterator[tuple[str, bool]]:
        """(word, whether it is a number that was spelled out)"""
        at = 0
        while at < len(pieces):
            count = self._match(pieces, at)
            written = "".join(piece.text for piece in pieces[at : at + count])
            text = written.lower()
            if not _is_mostly_letters(written) and not text[0].isdigit():
                yield "#", False
            elif text[0].isdigit():
                yield ("#" if digits_are_letters else _number(text)), False
            elif text in self._numbers:
                yield ("#" if digits_are_letters else str(self._numbers[text])), True
            else:
                yield self._meant.get(text, text), False
            at += count
            pause = _pause(pieces[at - 1].gap, pieces[at] if at < len(pieces) else None)
            if pause:
                yield pause, False

    def _match(self, pieces: list[_Piece], at: int) -> int:
        """How many pieces from here make the longest known word; 1 when none does."""
        word, found = "", 1
        for count, piece in enumerate(pieces[at : at + self.longest], start=1):
            word += piece.text
            if word.lower() not in self._beginnings:
                break
            if count > 1 and self._is_word(word, pieces[at : at + count + 1], count):
                found = count
        return found

    def _is_word(self, word: str, pieces: list[_Piece], count: int) -> bool:
        """Whether these `count` pieces were meant as one word; what follows them, if anything,
        is the last of `pieces`."""
        plain = word.lower()
        if plain not in self._known or not _is_mostly_letters(word):
            return False
        gaps = [piece.gap for piece in pieces[: count - 1]]
        if not any(c.isspace() for gap in gaps for c in gap):
            return True
        if all(len(piece.text) == 1 for piece in pieces[:count]):
            return count >= _SINGLE_MIN or not _goes_on(pieces, count)
        # `six teen models` are six, and a new line begins a new word.
        is_spaced = all(gap.isspace() and "\n" not in gap for gap in gaps if gap)
        return is_spaced and len(word) >= _SPACED_OUT_MIN and plain not in self._numbers


def _goes_on(pieces: list[_Piece], count: int) -> bool:
    """Whether spaced letters run on past the first two: `a t_e_e_n` holds no `at`."""
    follows = len(pieces) > count and len(pieces[count].text) == 1
    return follows and len(pieces[count - 1].gap) <= len(pieces[0].gap)


def _pieces(reading: str) -> Iterator[_Piece]:
    found = list(_PIECE.finditer(reading))
    for n, match in enumerate(found):
        end = found[n + 1].start() if n + 1 < len(found) else len(reading)
        yield _Piece(match[0], reading[match.end() : end])


def _is_mostly_letters(written: str) -> bool:
    """Capitals are digits that were read as letters: `1011` says nothing, `l0l1` does."""
    return sum(c.islower() for c in written) * 2 >= len(written)


def _number(text: str) -> str:
    """`16.5` and `16,5` are 16, `10,000` ten thousand."""
    whole = text.replace(",", "") if _THOUSANDS.match(text) else re.split("[.,]", text)[0]
    return whole.lstrip("0")[:_DIGITS_MAX] or "0"


def _pause(gap: str, following: _Piece | None) -> str:
    if "'" in gap and following and following.text[0].isdigit():
        return "'"
    if any(c in ".!?;\n" for c in gap):
        return "."
    return "," if any(c in ",()[]{}|/–—•·" for c in gap) or " - " in gap else ""


def _join_tens(words: Iterable[tuple[str, bool]]) -> Iterator[str]:
    """`twenty five` is one number."""
    tens = ""
    for word, is_spelled in words:
        if tens and is_spelled and len(word) == 1 and word != "0":
            yield str(int(tens) + int(word))
            tens = ""
            continue
        if tens:
            yield tens
        tens = word if is_spelled and word in _TENS else ""
        if not tens:
            yield word
    if tens:
        yield tens

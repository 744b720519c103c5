"""Rules that need no vendor: what RYLA never makes, whoever asks.

Four lists of phrases, read in this order: what is harmless is set aside; what is somebody
else's age or past asks for other words; what is never made is blocked; what could be read
either way asks for other words. A vendor's model comes beside this, never instead of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generation.moderation import phrases
from generation.moderation.base import Moderator, Verdict
from generation.moderation.folding import readings, skeleton
from generation.moderation.lexing import Lexicon
from generation.moderation.phrases import Rule

VERSION = "rules-2"

_BLOCKED = "“{found}” describes something RYLA never makes; take it out."
_UNDER_AGE = (
    "this text suggests somebody under 18, and every character is an adult; take out “{found}”."
)
_UNCLEAR = "“{found}” could be read as {topic}; say it in other words or leave it out."
_REASON = {
    ("block", "age"): _UNDER_AGE,
    ("block", "violence"): _BLOCKED,
    ("block", "real"): _BLOCKED,
    ("block", "explicit"): "“{found}” is for adults only, which is off here; take it out.",
    ("review", "age"): _UNCLEAR.replace("{topic}", "somebody under 18"),
    ("review", "violence"): _UNCLEAR.replace("{topic}", "violence"),
    ("review", "real"): _UNCLEAR.replace("{topic}", "a picture of a real person"),
    ("review", "explicit"): _UNCLEAR.replace("{topic}", "nudity or sex, which is off here"),
}
_FOUND_MAX = 60


@dataclass(frozen=True, slots=True)
class _Finding:
    decision: str
    topic: str
    found: str


class RulesModerator(Moderator):
    """`allows_explicit` lets words for nudity and sex pass, where adult content is offered."""

    def __init__(self, *, allows_explicit: bool = False) -> None:
        self._skipped = {"explicit"} if allows_explicit else set[str]()

    def screen_text(self, text: str, context: str) -> Verdict:
        found = [
            finding
            for reading, digits_are_letters in readings(text)
            for finding in _look(
                _LEXICON.render(reading, digits_are_letters=digits_are_letters), context
            )
            if finding.topic not in self._skipped
        ]
        worst = "block" if any(f.decision == "block" for f in found) else "review"
        told = [f for f in found if f.decision == worst]
        return Verdict(worst if found else "allow", VERSION, tuple(dict.fromkeys(map(_say, told))))


def _look(words: str, context: str) -> Iterator[_Finding]:
    """`words` as `Lexicon.render` gives them."""
    words = _HARMLESS.sub(" ~", words)
    for rule, pattern in _OTHERS:
        yield from _matches(rule, pattern, words, context)
        words = pattern.sub(" ~", words)
    for rule, pattern in _RULES:
        yield from _matches(rule, pattern, words, context)
    for word in words.split():
        for stem, topic in _STEMS.items():
            if stem in word:
                yield _Finding("block", topic, stem)


def _matches(rule: Rule, pattern: re.Pattern[str], words: str, context: str) -> Iterator[_Finding]:
    if rule.contexts and context not in rule.contexts:
        return
    match = pattern.search(words)
    if match:
        yield _Finding(rule.decision, rule.topic, match[0])


def _say(finding: _Finding) -> str:
    words = (_SPELLED.get(word, word) for word in finding.found.split() if word not in "~.,'#")
    found = " ".join(words)[:_FOUND_MAX]
    return _REASON[finding.decision, finding.topic].format(found=found)


def _compile(pattern: str) -> re.Pattern[str]:
    """Whole words only. Patterns hold no unbounded repeats, so that a search stays linear."""
    return re.compile(f" (?:{skeleton(pattern)})(?= )")


def _compiled(rules: Iterable[Rule]) -> tuple[tuple[Rule, re.Pattern[str]], ...]:
    return tuple((rule, _compile(rule.pattern)) for rule in rules)


def _words_in(patterns: Iterable[str]) -> set[str]:
    return {word for pattern in patterns for word in re.findall(r"[a-z]{2,}", pattern)}


_ALL = (*phrases.HARMLESS, *(r.pattern for r in (*phrases.OTHERS, *phrases.RULES)))
_KNOWN = _words_in(_ALL)
_LEXICON = Lexicon(_KNOWN, phrases.SPELLINGS, phrases.NUMBERS)
_SPELLED = {skeleton(word): word for word in sorted({*_KNOWN, *phrases.STEMS})}
_HARMLESS = _compile("|".join(phrases.HARMLESS))
_OTHERS = _compiled(phrases.OTHERS)
_RULES = _compiled(phrases.RULES)
_STEMS = {skeleton(stem): topic for stem, topic in phrases.STEMS.items()}

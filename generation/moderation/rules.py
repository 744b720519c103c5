"""Rules that need no vendor: what RYLA never makes, whoever asks.

Deliberately small and readable: words that put a character's age below 18, and words for
sexual violence. A vendor's model comes beside this, never instead of it.
"""

from __future__ import annotations

import re
import unicodedata

from generation.moderation.base import Moderator, Verdict

_VERSION = "rules-1"

_UNDER_AGE = re.compile(
    r"""\b(?:
        (?:under[\s-]?age(?:d)?|pre-?teen|toddler|infant|schoolgirl|schoolboy|school[\s-]girl
          |school[\s-]boy|lolita?|shota(?:con)?|jail\s?bait|minor)s?
        | (?:[1-9]|1[0-7])[\s-]*(?:y/?o|yrs?|years?)(?:[\s-]*old)?\b
        | (?:aged?|turn(?:ed|ing|s))\s+(?:[1-9]|1[0-7])\b
        | (?:six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)
          [\s-]*years?[\s-]*old
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_VIOLENCE = re.compile(r"\b(?:rap(?:e|es|ed|ing|ist)|non-?consensual|molest\w*|incest\w*)\b", re.I)


class RulesModerator(Moderator):
    def screen_text(self, text: str, context: str) -> Verdict:
        plain = _plain(text)
        reasons = []
        if _UNDER_AGE.search(plain):
            reasons.append("Characters are adults; this text suggests somebody under 18.")
        if _VIOLENCE.search(plain):
            reasons.append("This text describes something RYLA does not make.")
        return Verdict("block" if reasons else "allow", _VERSION, tuple(reasons))


def _plain(text: str) -> str:
    """Look-alikes and zero-width marks folded away, so that they hide nothing."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) != "Cf")

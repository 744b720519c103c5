"""What pages draw with is there, and nothing lies about: symbols of the sprite, classes of the
style sheets. Read from the sources, where a class or a symbol is written out as a word."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SYMBOLS = frozenset(
    re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text())
)
# Waiting for pages that are being built; out of here once they are drawn.
AWAITED = {
    "flag": "what is reported, of shared pages",
    "caret-left": "the month before, of the calendar",
    "caret-right": "the month after",
}
# Classes that no style sheet names.
HOOKS = {
    "btn__label": "the words of a button: tests and other components find them by it",
    "banner__text": "the words of a banner: as it came they need no rule of their own",
    "cover": "a card of a character: its parts are drawn, and tests count it",
    "job-standing": "where a job stands: journeys read it",
    "money": "an amount: journeys read it",
}
_NOT_OURS = ("illustrator", "migrations")
_DRAWN = re.compile(r"""\b(?:icon|icon_end|tick)=["']([\w-]+)["']|["']icon["']: ["']([\w-]+)["']""")
_NAMED = re.compile(
    r"""components/icon\.html["'] with name=["']([\w-]+)["']|icons\.svg' %}#([\w-]+)"""
)
_COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}", re.DOTALL)
_CLASSES = re.compile(r'\bclass="((?:[^"{]|{[{%].*?[%}]})*)"', re.DOTALL)


def _templates() -> list[tuple[str, str]]:
    """Those of pages, without their comments. Mails bring their looks along."""
    return [
        (str(path.relative_to(ROOT)), _COMMENT.sub("", path.read_text()))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "emails" not in path.parts
    ]


def _sources() -> str:
    """All that can name a symbol: code, templates, scripts."""
    rooms = ("accounts", "billing", "characters", "generation", "ryla")
    code = [p for room in rooms for p in (ROOT / room).rglob("*.py")]
    code = [p for p in code if not any(word in p.parts for word in _NOT_OURS)]
    scripts = (ROOT / "static/js").glob("*.js")
    words = [path.read_text() for path in (*code, *scripts)]
    return "\n".join([*words, *(text for _, text in _templates())])


def test_every_symbol_that_is_named_exists() -> None:
    named = {a or b for rule in (_DRAWN, _NAMED) for a, b in rule.findall(_sources())}
    assert len(named) > 30
    assert named - SYMBOLS == set()


def test_every_symbol_of_the_sprite_is_drawn_somewhere() -> None:
    words = set(re.findall(r"""["'#:]([a-z][a-z0-9-]*)["'\s]""", _sources()))
    unused = SYMBOLS - words
    assert unused == AWAITED.keys() & SYMBOLS, "drop what nothing draws; unlist what is drawn now"


def _classes_of(text: str) -> set[str]:
    """Whole words only: what a template puts together (`btn--{{ variant }}`) is a stem."""
    found: set[str] = set()
    for value in _CLASSES.findall(text):
        plain = re.sub(r"{%.*?%}", " ", re.sub(r"{{.*?}}", "{}", value))
        found |= set(plain.split())
    return found


def test_every_class_has_a_rule() -> None:
    sheets = "\n".join(path.read_text() for path in (ROOT / "static/css").glob("*.css"))
    rules = set(
        re.findall(r"\.([A-Za-z_][\w-]*)", re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL))
    )
    bare = []
    for name, text in _templates():
        for word in _classes_of(text):
            stem, is_stem, _ = word.partition("{}")
            is_drawn = any(r.startswith(stem) for r in rules) if is_stem else word in rules
            if not is_drawn and word not in HOOKS:
                bare.append(f"{name}: {word}")
    assert sorted(bare) == []


def test_no_hook_has_a_rule_by_now() -> None:
    sheets = "\n".join(path.read_text() for path in (ROOT / "static/css").glob("*.css"))
    assert [name for name in HOOKS if re.search(rf"\.{name}(?![\w-])", sheets)] == []

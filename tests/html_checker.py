"""What is wrong with a page's HTML: what its parser complains of, and what validators add to that
from the standard (https://html.spec.whatwg.org/): ids that lead somewhere, what may stand in what,
known elements and attributes, headings in order, and nothing a strict policy would refuse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from justhtml import JustHTML


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ELEMENTS = _words(
    """
    a abbr article aside b body br button canvas caption code col colgroup dd del details dialog
    div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html i
    img input ins kbd label legend li link main mark menu meta nav noscript ol optgroup option
    output p picture pre progress s samp script search section select small source span strong
    style sub summary sup svg table tbody td template textarea tfoot th thead time title tr u ul
    var video wbr
    """
)
_EVERYWHERE = _words(
    """
    autocapitalize class dir draggable enterkeyhint hidden id inert inputmode lang role spellcheck
    tabindex title translate popover autofocus
    """
)
_ATTRIBUTES: dict[str, str] = {
    "a": "href target rel download hreflang type",
    "button": "type name value form disabled formaction formmethod formnovalidate popovertarget",
    "canvas": "width height",
    "col": "span",
    "colgroup": "span",
    "del": "datetime",
    "details": "open name",
    "dialog": "open",
    "fieldset": "disabled form name",
    "form": "action method enctype novalidate autocomplete name target",
    "img": "src srcset sizes alt width height loading decoding fetchpriority",
    "input": "type name value checked disabled form required readonly placeholder autocomplete min"
    " max step minlength maxlength pattern size multiple accept list",
    "label": "for",
    "li": "value",
    "link": "rel href type as crossorigin sizes media",
    "meta": "name content charset property http-equiv media",
    "ol": "start reversed type",
    "optgroup": "label disabled",
    "option": "value selected disabled label",
    "output": "for form name",
    "progress": "value max",
    "script": "src type defer async",
    "select": "name required disabled multiple size form autocomplete",
    "source": "src srcset sizes media type width height",
    "td": "colspan rowspan headers",
    "textarea": "name rows cols required readonly placeholder maxlength minlength disabled form"
    " autocomplete wrap",
    "th": "colspan rowspan scope headers",
    "time": "datetime",
    "video": "src controls width height poster preload",
}
_PRESSED = _words("a button input select textarea summary")
_NEVER_EMPTY = _words("src id for name action")
_LABELLED = _words("button input meter output progress select textarea")
_ONLY_CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "tr": {"th", "td"},
    "select": {"option", "optgroup", "hr"},
}
_PHRASING_ONLY = _words("p h1 h2 h3 h4 h5 h6 span button label summary legend em strong")
_FLOW = _words(
    """
    article aside details dialog div dl fieldset figure footer form header hr main nav ol p
    section table ul h1 h2 h3 h4 h5 h6
    """
)
_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "headers")
_HEADING = re.compile(r"h[1-6]")
# A form of errors in the parser's words that a fragment has no part in.
_OF_WHOLE_PAGES = ("expected-doctype",)


def problems_of(html: str) -> list[str]:
    """A line each; empty for a page, or a piece of one, that is as it should be."""
    is_page = html.lstrip()[:9].lower() == "<!doctype"
    parsed = JustHTML(html, collect_errors=True, sanitize=False, fragment=not is_page)
    elements = list(_walk(parsed.root, ()))
    return [
        *(f"line {e.line}: {e.code}" for e in parsed.errors if not _is_of_pages(e.code, is_page)),
        *_ids(elements),
        *(line for element, above in elements for line in _of_one(element, above)),
        *(_of_the_page(elements) if is_page else ()),
    ]


def _is_of_pages(code: str, is_page: bool) -> bool:
    return not is_page and code.startswith(_OF_WHOLE_PAGES)


def _walk(node: Any, above: tuple[str, ...]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    for child in node.children or ():
        if not hasattr(child, "attrs") or child.name.startswith(("#", "!")):
            continue
        yield child, above
        # Drawings have their own elements, and their own rules.
        if child.name != "svg":
            content = getattr(child, "template_content", None) or child
            yield from _walk(content, (*above, child.name))


def _ids(elements: list[tuple[Any, tuple[str, ...]]]) -> Iterator[str]:
    named = {e.attrs["id"]: e for e, _ in elements if e.attrs.get("id") is not None}
    for name, times in Counter(e.attrs["id"] for e, _ in elements if "id" in e.attrs).items():
        if times > 1 or not name or re.search(r"\s", name):
            yield f"id {name!r} {times} times"
    for element, _ in elements:
        target = element.attrs.get("for")
        if element.name == "label" and target is not None:
            if target not in named:
                yield f"label for {target!r}, which is nowhere"
            elif named[target].name not in _LABELLED:
                yield f"label for {target!r}, a {named[target].name}"
        for attribute in _REFERENCES:
            for word in (element.attrs.get(attribute) or "").split():
                if word not in named:
                    yield f"{element.name} {attribute} {word!r}, which is nowhere"


def _of_one(element: Any, above: tuple[str, ...]) -> Iterator[str]:
    if element.name not in _ELEMENTS:
        yield f"no such element: {element.name}"
    if element.name != "svg":
        yield from _attributes(element)
    if element.name == "script" and "src" not in element.attrs:
        yield "a script stands in the page"
    if element.name == "img" and "alt" not in element.attrs:
        yield f"img without alt: {element.attrs.get('src')}"
    yield from _place(element, above)


def _attributes(element: Any) -> Iterator[str]:
    name = element.name
    known = _EVERYWHERE | set(_ATTRIBUTES.get(name, "").split())
    for attribute, value in element.attrs.items():
        if attribute == "style" or attribute.startswith("on"):
            yield f"{name} has {attribute}, which the policy refuses"
        elif attribute not in known and not attribute.startswith(("data-", "aria-")):
            yield f"{name} has an unknown attribute: {attribute}"
        elif value == "" and attribute in _NEVER_EMPTY:
            yield f"{name} has an empty {attribute}"


def _place(element: Any, above: tuple[str, ...]) -> Iterator[str]:
    """Of what may stand in what."""
    name, parent = element.name, above[-1] if above else ""
    if name in _PRESSED and element.attrs.get("type") != "hidden":
        yield from (f"{name} in {outer}" for outer in ("a", "button") if outer in above)
    if name == "form" and "form" in above:
        yield "form in form"
    if parent in _ONLY_CHILDREN and name not in _ONLY_CHILDREN[parent]:
        yield f"{name} directly in {parent}"
    if parent in _PHRASING_ONLY and name in _FLOW and not _may_head(parent, name):
        yield f"{name} in {parent}"
    if name == "li" and parent not in ("ul", "ol", "menu", ""):
        yield f"li in {parent}"


def _may_head(parent: str, name: str) -> bool:
    return parent in ("summary", "legend") and bool(_HEADING.fullmatch(name))


def _of_the_page(elements: list[tuple[Any, tuple[str, ...]]]) -> Iterator[str]:
    names = Counter(element.name for element, _ in elements)
    for name in ("h1", "main", "title"):
        if names[name] != 1:
            yield f"{names[name]} × {name}"
    if not elements or not elements[0][0].attrs.get("lang"):
        yield "the page has no language"
    level = 0
    for element, above in elements:
        if not _HEADING.fullmatch(element.name) or "dialog" in above:
            continue
        if int(element.name[1]) > level + 1 and "header" not in above[-1:]:
            yield f"{element.name} after h{level}"
        level = int(element.name[1])

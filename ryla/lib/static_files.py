"""Addresses of static files that are served from where they lie."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage

# Style sheets name their fonts themselves: under two addresses they would be loaded twice.
_NAMED_ELSEWHERE = (".woff2",)


class StampedStaticFiles(StaticFilesStorage):
    """A changed file has another address after the next start, so that browsers may keep what
    they have. Without it they would ask for each of thirty files again on every page.
    """

    def url(self, name: str | None) -> str:
        address: str = super().url(name)
        stamp = "" if not name or name.endswith(_NAMED_ELSEWHERE) else _stamp(name)
        return f"{address}?v={stamp}" if stamp else address


@cache
def _stamp(name: str) -> str:
    """When the file was last written, as this process first saw it: whoever serves the files has
    looked at them once, too. "" when there is none."""
    found = finders.find(name)
    return f"{Path(found).stat().st_mtime_ns:x}" if found else ""

"""Addresses of static files in local mode."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ryla.lib import static_files
from ryla.lib.static_files import StampedStaticFiles

STORAGE = StampedStaticFiles(location=None, base_url="/static/")


@pytest.fixture
def sheet(tmp_path: Path, settings: Any) -> Path:
    settings.STATICFILES_DIRS = [tmp_path]
    written = tmp_path / f"{tmp_path.name}.css"
    written.write_text("a {}")
    return written


def test_changed_file_has_another_address_after_the_next_start(sheet: Path) -> None:
    os.utime(sheet, ns=(1, 0x10))
    assert STORAGE.url(sheet.name) == f"/static/{sheet.name}?v=10"
    os.utime(sheet, ns=(1, 0x11))
    assert STORAGE.url(sheet.name) == f"/static/{sheet.name}?v=10"
    static_files._stamp.cache_clear()
    assert STORAGE.url(sheet.name) == f"/static/{sheet.name}?v=11"


def test_fonts_and_what_is_not_there_have_their_plain_address() -> None:
    font = "vendor/fonts/gloock/gloock-latin-400-normal.woff2"
    assert STORAGE.url(font) == f"/static/{font}"
    assert STORAGE.url("nowhere.css") == "/static/nowhere.css"

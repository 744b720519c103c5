"""What every answer goes through."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from ryla.lib.http import TextGZipMiddleware

WORDS = b"one face, a whole feed. " * 100


def answer_of(response: HttpResponse | StreamingHttpResponse) -> HttpResponse:
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    return TextGZipMiddleware(lambda _: response)(request)


@pytest.mark.parametrize(
    "kind", ["text/html; charset=utf-8", "text/css", "image/svg+xml", "application/json"]
)
def test_words_are_compressed(kind: str) -> None:
    answer = answer_of(HttpResponse(WORDS, content_type=kind))
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == WORDS
    assert answer["Vary"] == "Accept-Encoding"


def test_words_that_come_in_pieces_are_compressed() -> None:
    answer = answer_of(StreamingHttpResponse([WORDS, WORDS], content_type="text/css"))
    assert gzip.decompress(b"".join(answer.streaming_content)) == WORDS * 2


@pytest.mark.parametrize("kind", ["image/webp", "font/woff2", "application/zip", "video/mp4"])
def test_what_is_compressed_in_itself_is_left_alone(kind: str) -> None:
    answer = answer_of(StreamingHttpResponse([WORDS], content_type=kind))
    assert "Content-Encoding" not in answer
    assert b"".join(answer.streaming_content) == WORDS

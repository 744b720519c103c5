"""The client of every adapter: what it takes of an answer, and what it makes of one it does not."""

from __future__ import annotations

import gzip
import json

import pytest

from generation.providers import http
from generation.providers.base import ProviderError
from generation.providers.http import Client
from tests.contracts.player import Player, Reply


def test_answer_is_read_to_its_end_and_unpacked() -> None:
    body = gzip.compress(json.dumps({"a": "ü" * 1000}).encode())
    reply = Reply("GET", "/a", headers={"Content-Encoding": "gzip", "X-Request-Id": "7"}, body=body)
    with Player([reply]) as far:
        response = Client(far.url).call("GET", "/a")
    assert response.json() == {"a": "ü" * 1000}
    assert response.headers["x-request-id"] == "7"
    assert str(response.request.url) == f"{far.url}/a"


@pytest.mark.parametrize(("method", "submits"), [("GET", False), ("POST", True)])
@pytest.mark.parametrize("status", [200, 500])
def test_answer_that_is_too_long_is_not_read(method: str, submits: bool, status: int) -> None:
    with Player([Reply(method, "/a", status, body="x" * 1001)]) as far:
        client = Client(far.url)
        with pytest.raises(ProviderError) as failed:
            client.call(method, "/a", submits=submits, reads=range(400, 600), at_most=1000)
    error = failed.value
    assert (error.code, error.is_transient) == ("too_large", True)
    # A submit that was answered at such length may have been taken all the same.
    assert error.is_outcome_unknown is submits


def test_answer_of_exactly_that_length_is_taken() -> None:
    with Player([Reply("GET", "/a", body="x" * 1000)]) as far:
        assert Client(far.url).call("GET", "/a", at_most=1000).text == "x" * 1000


def test_answer_is_counted_as_it_is_unpacked() -> None:
    bomb = gzip.compress(b" " * (http.ANSWER_MAX_BYTES + 1))
    with Player([Reply("GET", "/a", headers={"Content-Encoding": "gzip"}, body=bomb)]) as far:
        assert len(bomb) < 100_000
        with pytest.raises(ProviderError, match="too long"):
            Client(far.url).json("GET", "/a")


def test_answer_that_cannot_be_unpacked_is_none() -> None:
    reply = Reply("POST", "/a", headers={"Content-Encoding": "gzip"}, body=b"no gzip")
    with Player([reply]) as far, pytest.raises(ProviderError) as failed:
        Client(far.url).call("POST", "/a", submits=True)
    assert (failed.value.code, failed.value.is_outcome_unknown) == ("timeout", True)


def test_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ANSWER_LASTS_S", -1)
    with Player([Reply("GET", "/a", body="{}")]) as far, pytest.raises(ProviderError) as failed:
        Client(far.url).call("GET", "/a")
    assert (failed.value.code, failed.value.is_transient) == ("timeout", True)


def test_pictures_in_an_answer_have_more_room() -> None:
    """A picture of the largest size that is taken, in base64, with words around it."""
    assert http.PICTURE_ANSWER_MAX_BYTES > http.PICTURE_MAX_BYTES * 4 / 3 + 1024

"""The far end of the contract tests keeps its own promises."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.contracts.player import Player, Reply


def client(far: Player) -> httpx.Client:
    return httpx.Client(base_url=far.url, trust_env=False, timeout=0.3)


@pytest.fixture
def far() -> Iterator[Player]:
    player = Player().start()
    yield player
    player.stop()


def test_replies_are_used_in_their_order_and_as_often_as_they_may(far: Player) -> None:
    far.replies += [Reply("GET", "/a", 503, times=1), Reply("GET", "/a", body={"is": "there"})]
    with client(far) as http:
        answers = [http.get("/a") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 200, 200]
    assert answers[1].json() == {"is": "there"}


def test_calls_are_kept_with_what_they_brought(far: Player) -> None:
    far.replies.append(Reply("POST", "/a/.*", body=lambda call: Reply("", "", 201, body=call.path)))
    with client(far) as http:
        answer = http.post("/a/b?c=d", json={"e": 1}, headers={"X-Who": "me"})
    (call,) = far.calls_to("POST", "/a/b")
    assert (answer.status_code, answer.text) == (201, "/a/b")
    assert (call.query, call.json, call.headers["x-who"]) == ({"c": "d"}, {"e": 1}, "me")


def test_replies_may_want_keys_and_parameters(far: Player) -> None:
    far.replies += [
        Reply("POST", "/a", 200, body_keys=("one",)),
        Reply("POST", "/a", 201, body_keys=("two",)),
        Reply("POST", "/a", 202, query={"q": "1"}),
    ]
    with client(far) as http:
        sent = [http.post("/a", json={"two": 2}), http.post("/a?q=1"), http.post("/a", json=[])]
    assert [answer.status_code for answer in sent] == [201, 202, 501]


def test_dropped_and_late_answers_do_not_come(far: Player) -> None:
    far.replies += [Reply("GET", "/drop", drop=True), Reply("GET", "/late", delay_s=5)]
    with client(far) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            http.get("/drop")
        with pytest.raises(httpx.ReadTimeout):
            http.get("/late")
    assert far.paths() == ["GET /drop", "GET /late"]


def test_call_nobody_recorded_fails_the_test_that_made_it() -> None:
    far = Player().start()
    with client(far) as http:
        assert http.get("/unforeseen").status_code == 501
    assert far.paths(far.unexpected) == ["GET /unforeseen"]
    with pytest.raises(AssertionError, match="GET /unforeseen"):
        far.__exit__(None, None, None)


def test_nobody_listens_after_the_end() -> None:
    with Player() as far:
        url = far.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)

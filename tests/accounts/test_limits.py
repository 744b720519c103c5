from __future__ import annotations

import pytest
import redis
from django.core.cache import cache

from accounts import limits


def test_count_says_no_after_the_limit():
    assert [limits.count("thing", "me", limit=2) for _ in range(4)] == [True, True, False, False]


def test_count_keeps_people_and_things_apart():
    limits.count("thing", "me", limit=1)

    assert limits.count("thing", "you", limit=1)
    assert limits.count("other", "me", limit=1)
    assert not limits.count("thing", "me", limit=1)


def test_count_without_a_limit_says_yes():
    assert all(limits.count("thing", "me", limit=0) for _ in range(100))


def test_count_starts_anew_after_its_window():
    limits.count("thing", "me", limit=1, window_s=60)
    cache.clear()  # as when the window runs out

    assert limits.count("thing", "me", limit=1, window_s=60)


def test_count_lets_people_on_while_the_cache_is_away(monkeypatch):
    def away(*args: object, **kwargs: object) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get_client", away)

    assert all(limits.count("thing", "me", limit=1) for _ in range(3))


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:0:1:ffff::2", "2001:db8:0:1::/64"),
        (None, "unknown"),
    ],
)
def test_network_of(ip, network):
    assert limits.network_of(ip) == network

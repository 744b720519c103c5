"""Parts of the running product die in the middle of a profile set; the set does not care."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.stack import Integrator, Stack, eventually

pytestmark = pytest.mark.chaos

SET_CREDITS = 250


class Sitter(NamedTuple):
    creator: Integrator
    character: str


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("chaos")
    with Stack(folder, JOB_LEASE_S="6", SWEEP_EVERY_S="1") as running:
        yield running


@pytest.fixture(scope="module")
def sitters(stack: Stack) -> Callable[[], Sitter]:
    """Somebody with a face and credits for a set: those of a newcomer pay two of them."""
    known: list[Sitter] = []

    def find() -> Sitter:
        if not known or known[-1].creator.get("credits/")["balance"] < SET_CREDITS:
            creator = Integrator(stack, f"creator{len(known)}@example.com")
            known.append(Sitter(creator, creator.make_ready_character()))
        return known[-1]

    return find


def start_set(creator: Integrator, character: str) -> str:
    """A profile set with at least two pictures delivered and at least two to come."""
    job = creator.order(character, "profile_set")

    def is_halfway() -> bool:
        delivered = creator.get(f"jobs/{job['id']}/")["delivered_count"]
        assert delivered <= 6, "too fast to be interrupted: this test would prove nothing"
        return bool(delivered >= 2)

    eventually(is_halfway, every_s=0.02)
    return str(job["id"])


def assert_complete(creator: Integrator, job_id: str) -> None:
    """Eight pictures, each position once, each file whole."""
    job = creator.wait_for_end(job_id)
    assert (job["status"], job["delivered_count"], job["error_code"]) == ("succeeded", 8, "")
    images = creator.get(f"images/?job={job_id}")["results"]
    assert Counter(i["position"] for i in images) == Counter(range(8))
    for image in images:
        content = httpx.get(image["urls"]["original"]).content
        assert hashlib.sha256(content).hexdigest() == image["sha256"]


@pytest.mark.parametrize("part", ["worker", "valkey", "postgres"])
def test_killed_part_in_the_middle_of_a_set_loses_no_picture(
    stack: Stack, sitters: Callable[[], Sitter], part: str
) -> None:
    creator, character = sitters()
    before = creator.get("credits/")["balance"]
    job_id = start_set(creator, character)
    dead = stack.kill(part)
    stack.wait_for_another(part, than=dead)
    assert_complete(creator, job_id)
    assert creator.get("credits/")["balance"] == before - SET_CREDITS

"""Parts of the running product die in the middle of a profile set; the set does not care.

Each part at each step of a picture: test_rounds.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stack import Integrator, Stack, eventually

pytestmark = pytest.mark.chaos


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("chaos")
    with Stack(folder, JOB_LEASE_S="6", SWEEP_EVERY_S="1") as running:
        yield running


def wait_until_delivered(creator: Integrator, job_id: str, count: int) -> None:
    """At least so many pictures are there, and at least one is to come."""

    def is_so_far() -> bool:
        delivered = creator.get(f"jobs/{job_id}/")["delivered_count"]
        assert delivered < 8, "too fast to be interrupted: this test would prove nothing"
        return bool(delivered >= count)

    eventually(is_so_far, every_s=0.02)


def assert_complete(creator: Integrator, job_id: str) -> Any:
    """Eight pictures, each position once, each file whole, and paid for once."""
    job = creator.wait_for_end(job_id)
    assert (job["status"], job["delivered_count"], job["error_code"]) == ("succeeded", 8, "")
    images = creator.get(f"images/?job={job_id}")["results"]
    assert Counter(i["position"] for i in images) == Counter(range(8))
    for image in images:
        content = httpx.get(image["urls"]["original"]).content
        assert hashlib.sha256(content).hexdigest() == image["sha256"]
    assert creator.get("credits/")["balance"] == 250
    return job


def test_parts_killed_one_after_the_other_lose_no_picture_of_a_set(stack: Stack) -> None:
    creator = Integrator(stack, "mara@example.com")
    job_id = str(creator.order(creator.make_ready_character(), "profile_set")["id"])
    for delivered, part in ((2, "worker"), (4, "valkey"), (6, "postgres")):
        wait_until_delivered(creator, job_id, delivered)
        dead = stack.kill(part)
        stack.wait_for_another(part, than=dead)
    assert_complete(creator, job_id)

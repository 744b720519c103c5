"""Parts of the running product die in the middle of a profile set; the set does not care."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.stack import Integrator, Stack, eventually

pytestmark = pytest.mark.chaos


def start_set(creator: Integrator) -> str:
    """A profile set with at least two pictures delivered and at least two to come."""
    job = creator.order(creator.make_ready_character(), "profile_set")

    def is_halfway() -> bool:
        delivered = creator.get(f"jobs/{job['id']}/")["delivered_count"]
        assert delivered <= 6, "too fast to be interrupted: this test would prove nothing"
        return bool(delivered >= 2)

    eventually(is_halfway, every_s=0.02)
    return str(job["id"])


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


@pytest.mark.parametrize("part", ["worker", "valkey", "postgres"])
def test_killed_part_in_the_middle_of_a_set_loses_no_picture(stack: Stack, part: str) -> None:
    creator = Integrator(stack, f"{part}@example.com")
    job_id = start_set(creator)
    dead = stack.kill(part)
    stack.wait_for_another(part, than=dead)
    assert_complete(creator, job_id)

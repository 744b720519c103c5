"""Settings of the chaos rounds: the tests' own, with waits that hundreds of rounds can afford.

`CHAOS_FOLDER` is where the providers keep their journal.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, SIMPLE_JWT

_JOURNAL = str(Path(os.environ["CHAOS_FOLDER"]) / "journal")
_VENDOR = "tests.chaos.vendor.Vendor"
# One tells what became of a request whose answer was lost, the other can't. The third takes
# nothing: what is quoted there is made by the first.
IMAGE_PROVIDERS = {
    "candid": {"BACKEND": _VENDOR, "OPTIONS": {"journal": _JOURNAL}},
    "silent": {"BACKEND": _VENDOR, "OPTIONS": {"journal": _JOURNAL, "is_silent": True}},
    "absent": {"BACKEND": _VENDOR, "OPTIONS": {"journal": _JOURNAL, "is_absent": True}},
}
IMAGE_PROVIDER_FALLBACKS = ["candid"]
DEFAULT_IMAGE_PROVIDER = "candid"
PROVIDER_SLOTS = 2
JOB_LEASE_S = 1
JOB_NEWS_S = 0.5
# The parent has none: a pool's threads would not live on in its children.
POOL_OF_CHILDREN = DATABASES["default"]["OPTIONS"].pop("pool")
# A longer run takes longer than a token lives.
SIMPLE_JWT = {**SIMPLE_JWT, "ACCESS_TOKEN_LIFETIME": timedelta(days=1)}

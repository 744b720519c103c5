"""The product's own settings, on the servers that the benchmark started."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import IMAGE_PROVIDERS

DEFAULT_IMAGE_PROVIDER = "fake"
IMAGE_PROVIDERS = {
    **IMAGE_PROVIDERS,
    "megabyte": {"BACKEND": "benchmarks.megabyte.Megabyte", "OPTIONS": {}},
}
# What a worker does at the least: benchmarks.throughput compares with it.
CELERY_IMPORTS = ["benchmarks.noop"]
# One client hammers as a hundred would, unless a benchmark keeps to what each is allowed.
if os.environ.get("BENCH_THROTTLES"):
    from ryla.settings import REST_FRAMEWORK  # noqa: F401
LOGGING = {"version": 1, "disable_existing_loggers": True}

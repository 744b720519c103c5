"""The product's own settings, on the servers that the benchmark started."""

from tests.settings import *  # noqa: F403

DEFAULT_IMAGE_PROVIDER = "fake"
LOGGING = {"version": 1, "disable_existing_loggers": True}

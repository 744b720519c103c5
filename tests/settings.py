"""Settings of the tests: the real ones, pointed at servers that the tests start themselves.

`tests/conftest.py` starts Postgres, Valkey and the S3 store and sets the addresses before
this module is read; type checks and the like read it without servers.
"""

from __future__ import annotations

import os

os.environ.setdefault("SECRET_KEY", "tests-only-key-of-more-than-fifty-characters-0123456789")
os.environ.setdefault("DATABASE_URL", "postgres://nobody@127.0.0.1:1/ryla")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
os.environ.setdefault("LOCAL_MODE", "true")

from ryla.settings import *  # noqa: F403
from ryla.settings import IMAGE_PROVIDERS, REST_FRAMEWORK

# Argon2 at its cheapest: the real algorithm, without its price in every test.
PASSWORD_HASHERS = ["tests.hashers.CheapArgon2PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
IMAGE_PROVIDERS = {
    **IMAGE_PROVIDERS,
    "fake": {"BACKEND": "generation.providers.fake.FakeProvider", "OPTIONS": {}},
}
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": {"user": None, "token": None, "generate": None},
}
AXES_ENABLED = False
# Each test client is a server of its own; none of them needs to read the static files through.
WHITENOISE_AUTOREFRESH = True

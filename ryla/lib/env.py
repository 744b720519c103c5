"""Typed readers of the environment.

django-environ does the parsing; this adds what it lacks: secrets from files
(`NAME_FILE`, as container platforms mount them) and errors that name the variable.
"""

from __future__ import annotations

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()


def secret(name: str, default: str | None = None) -> str:
    """`NAME_FILE` (a path) wins over `NAME`. Raises ImproperlyConfigured when neither is set."""
    path = env.str(f"{name}_FILE", default="")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}: {error}") from error
    value: str = env.str(name, default=default or "")
    if not value and default is None:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE) in the environment.")
    return value

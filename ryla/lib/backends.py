"""Adapters chosen by settings shaped like Django's STORAGES.

`{"alias": {"BACKEND": "dotted.path.Class", "OPTIONS": {...}}}` → one instance per process.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

T = TypeVar("T")


class Backends(Generic[T]):
    """`providers = Backends[ImageProvider]("IMAGE_PROVIDERS")`, then `providers["fake"]`."""

    def __init__(self, setting: str) -> None:
        self.setting = setting
        self._instances: dict[str, T] = {}
        setting_changed.connect(self._forget)

    def _forget(self, *, setting: str, **kwargs: Any) -> None:
        if setting == self.setting:
            self._instances.clear()

    @property
    def aliases(self) -> tuple[str, ...]:
        return tuple(getattr(settings, self.setting))

    def __contains__(self, alias: object) -> bool:
        return alias in getattr(settings, self.setting)

    def __getitem__(self, alias: str) -> T:
        if alias not in self._instances:
            self._instances[alias] = self._build(alias)
        return self._instances[alias]

    def _build(self, alias: str) -> T:
        try:
            spec = getattr(settings, self.setting)[alias]
        except KeyError:
            raise ImproperlyConfigured(f"{self.setting} has no entry {alias!r}") from None
        factory = import_string(spec["BACKEND"])
        instance: T = factory(**spec.get("OPTIONS", {}))
        return instance

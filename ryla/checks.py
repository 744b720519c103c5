"""Settings that do not fit together fail `manage.py check`, before a customer finds them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register


@register(deploy=True)
def local_mode_is_not_deployed(**kwargs: Any) -> list[CheckMessage]:
    if settings.LOCAL_MODE:
        return [
            Error(
                "LOCAL_MODE is on.",
                hint="It shows mails and demo sign-ins; it is for one person's own machine.",
                id="ryla.E001",
            )
        ]
    return []


@register
def default_provider_exists(**kwargs: Any) -> list[CheckMessage]:
    if settings.DEFAULT_IMAGE_PROVIDER not in settings.IMAGE_PROVIDERS:
        return [
            Error(
                "DEFAULT_IMAGE_PROVIDER names no entry of IMAGE_PROVIDERS.",
                hint=f"One of: {', '.join(settings.IMAGE_PROVIDERS)}",
                id="ryla.E002",
            )
        ]
    return []


@register(deploy=True)
def storage_is_complete(**kwargs: Any) -> list[CheckMessage]:
    options = settings.STORAGES["images"].get("OPTIONS", {})
    if bool(options.get("access_key")) != bool(options.get("secret_key")):
        return [
            Error(
                "Only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set.",
                hint="Set both, or neither to use the machine's own role.",
                id="ryla.E003",
            )
        ]
    return []


@register(deploy=True)
def pictures_may_be_shown(**kwargs: Any) -> list[CheckMessage]:
    if not settings.IMAGES_ORIGIN:
        return [
            Error(
                "Browsers would refuse every picture: the store's origin is unknown.",
                hint="Set IMAGES_ORIGIN (or AWS_S3_ENDPOINT_URL) for the content policy.",
                id="ryla.E004",
            )
        ]
    return []


@register(deploy=True)
def lease_outlives_a_picture(**kwargs: Any) -> list[CheckMessage]:
    if settings.JOB_LEASE_S < 10:  # noqa: PLR2004
        return [
            checks.Warning(
                "JOB_LEASE_S is under 10 seconds.",
                hint="A slow picture would be taken from a worker that is still drawing it.",
                id="ryla.W001",
            )
        ]
    return []

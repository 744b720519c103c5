"""Settings that do not fit together fail `manage.py check`, before a customer finds them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.http.request import validate_host

from generation.quotes import CREDITS_PER_MINOR
from generation.recipes.base import PICTURE_CREDITS


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


@register
def fallbacks_exist(**kwargs: Any) -> list[CheckMessage]:
    unknown = [a for a in settings.IMAGE_PROVIDER_FALLBACKS if a not in settings.IMAGE_PROVIDERS]
    return [
        Error(
            f"IMAGE_PROVIDER_FALLBACKS names {alias}, which is no entry of IMAGE_PROVIDERS.",
            hint=f"One of: {', '.join(settings.IMAGE_PROVIDERS)}",
            id="ryla.E008",
        )
        for alias in unknown
    ]


@register
def rates_can_be_kept(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"PROVIDER_RATES: the entry {alias} says nothing that can be kept.",
            hint='Write {"fal": {"per_minute": 120, "burst": 10}}; both above 0, burst optional.',
            id="ryla.E009",
        )
        for alias, rate in settings.PROVIDER_RATES.items()
        if not _is_rate(rate)
    ]


def _is_rate(rate: Any) -> bool:
    if not isinstance(rate, dict) or not {"per_minute"} <= set(rate) <= {"per_minute", "burst"}:
        return False
    numbers = [value for value in rate.values() if isinstance(value, int | float)]
    return len(numbers) == len(rate) and all(value > 0 for value in numbers)


@register
def pictures_cost_less_than_they_bring(**kwargs: Any) -> list[CheckMessage]:
    """Quotes are in credits of the price list; what a provider takes does not change them."""
    return [
        checks.Warning(
            f"A {quality} picture of {alias} costs {cost} cents and brings "
            f"{PICTURE_CREDITS[quality] / CREDITS_PER_MINOR} at the most.",
            hint="Raise the prices in generation/recipes/base.py, or choose a cheaper model.",
            id="ryla.W003",
        )
        for alias, provider in settings.IMAGE_PROVIDERS.items()
        for quality, cost in _costs_of(provider).items()
        if cost * CREDITS_PER_MINOR > PICTURE_CREDITS.get(quality, float("inf"))
    ]


def _costs_of(provider: dict[str, Any]) -> dict[str, float]:
    costs: dict[str, float] = provider.get("OPTIONS", {}).get("cost_minor", {})
    return costs


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


@register
def site_address_is_whole(**kwargs: Any) -> list[CheckMessage]:
    site = urlsplit(settings.SITE_URL)
    if site.scheme in ("http", "https") and site.hostname and not (site.path or site.query):
        return []
    return [
        Error(
            "SITE_URL is not the address of a site.",
            hint="Scheme and host, and a port if need be: https://ryla.example. Mails link to it.",
            id="ryla.E005",
        )
    ]


@register
def site_may_be_visited(**kwargs: Any) -> list[CheckMessage]:
    host = urlsplit(settings.SITE_URL).hostname
    if not host or validate_host(host, settings.ALLOWED_HOSTS):
        return []
    return [
        Error(
            "ALLOWED_HOSTS refuses the host of SITE_URL.",
            hint=f"Every page would answer 400: add {host}, or leave ALLOWED_HOSTS unset.",
            id="ryla.E006",
        )
    ]


@register
def transport_fits_the_site(**kwargs: Any) -> list[CheckMessage]:
    """Asking browsers for https where there is none locks them out, for a year with HSTS; and
    cookies that may travel in the clear beside https are somebody else's to read."""
    is_https = urlsplit(settings.SITE_URL).scheme == "https"
    wrong = []
    if not is_https:
        asks = ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE")
        wrong = [name for name in asks if getattr(settings, name)]
    elif not settings.LOCAL_MODE:
        wrong = [
            name
            for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
            if not getattr(settings, name)
        ]
    return [
        Error(
            f"{name} does not fit SITE_URL, which is {'https' if is_https else 'plain http'}.",
            hint="Give SITE_URL the scheme that browsers use and leave the rest unset.",
            id="ryla.E007",
        )
        for name in wrong
    ]


@register(deploy=True)
def site_is_encrypted(**kwargs: Any) -> list[CheckMessage]:
    if urlsplit(settings.SITE_URL).scheme == "https":
        return []
    return [
        checks.Warning(
            "SITE_URL is plain http.",
            hint="Passwords and sessions travel readable to everybody on the way; use https "
            "wherever the site leaves this machine.",
            id="ryla.W002",
        )
    ]

"""The API's own description: the same for everybody as long as the process lives."""

from __future__ import annotations

import hashlib
from functools import cache
from threading import Lock
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.encoding import force_bytes
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_FRESH_S = 300
_one_builds = Lock()


class SchemaView(SpectacularAPIView):
    """Built at the first request, then kept: building walks every endpoint and serializer.

    `?lang=` and `?version=` of the library change nothing here and are passed over, so that
    there is one description per format to keep.
    """

    schema = None  # it does not describe itself

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = type(request.accepted_renderer)
        with _one_builds:
            body, etag = _written(renderer)
        response = HttpResponse(body, content_type=renderer.media_type)
        response["ETag"] = etag
        response["Content-Disposition"] = f'inline; filename="ryla-api.{renderer.format}"'
        patch_cache_control(response, public=True, max_age=_FRESH_S)
        return get_conditional_response(request, etag=etag, response=response) or response


@cache
def _written(renderer: type[BaseRenderer]) -> tuple[bytes, str]:
    """The description as this renderer writes it, and its ETag."""
    body = force_bytes(renderer().render(_description(), renderer.media_type, {}))
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@cache
def _description() -> dict[str, Any]:
    description: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return description

"""Doors stay thin: a DomainError becomes JSON for the API and a page or message for people."""

from __future__ import annotations

import hashlib
import re
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.defaults import page_not_found, server_error
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from ryla.lib.errors import DomainError

AnyResponse = TypeVar("AnyResponse", bound=HttpResponse)


def error_body(code: str, message: str, field: str | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if field:
        error["field"] = field
    return {"error": error}


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """One error shape for the API: `{"error": {"code", "message", "field"?, "fields"?}}`."""
    if isinstance(exc, DomainError):
        body = error_body(exc.code, exc.message, exc.field)
        return say_when(Response(body, status=exc.status), exc)
    response = drf_exception_handler(exc, context)
    if response is None:
        return None
    response.data = _normalise(response.data, response.status_code, exc)
    return response


def _normalise(data: Any, status: int, exc: Exception) -> dict[str, Any]:
    if isinstance(data, dict) and set(data) <= {"detail", "code", "messages"}:
        detail = data.get("detail", "")
        code = getattr(detail, "code", None) or ("not_found" if status == 404 else "error")  # noqa: PLR2004
        return error_body(str(data.get("code", code)), str(detail))
    body = error_body("invalid", "Some fields need your attention.")
    body["error"]["fields"] = data
    return body


_TEXTS = ("text/", "application/json", "application/javascript", "image/svg+xml")


class TextGZipMiddleware(GZipMiddleware):
    """Compresses words, and leaves alone what is compressed in itself: pictures, fonts, archives.

    Stands around static files too, which a machine of one's own serves from where they lie; those
    of production are compressed beforehand.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(_TEXTS):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed


class DomainErrorMiddleware:
    """A DomainError that escapes a page becomes that page's error, never a crash report."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        return response

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if not isinstance(exc, DomainError):
            return None
        if exc.status == 404:  # noqa: PLR2004
            raise Http404(exc.message)
        return refuse(request, exc)


def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The error as whoever asked reads it: JSON under /api/, a page elsewhere."""
    response: HttpResponse
    if _is_api(request):
        body = error_body(error.code, error.message, error.field)
        response = JsonResponse(body, status=error.status)
    else:
        response = render(request, "errors/domain.html", {"error": error}, status=error.status)
    return say_when(response, error)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Of an address that nobody answers at: JSON under /api/, as all that is refused there."""
    if _is_api(request):
        words = "There is nothing at this address. All addresses: /api/v1/docs/"
        return JsonResponse(error_body("not_found", words), status=404)
    return page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """Of what crashed; it is logged with its reason."""
    if _is_api(request):
        words = "Something went wrong on our side. Try again in a moment."
        return JsonResponse(error_body("error", words), status=500)
    return server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def say_when(response: AnyResponse, error: DomainError) -> AnyResponse:
    """With Retry-After, if the refusal knows when it ends."""
    retry_after_s = getattr(error, "retry_after_s", None)
    if retry_after_s:
        response["Retry-After"] = str(retry_after_s)
    return response


def answer_with_etag(
    request: Any, response: AnyResponse, seen: str
) -> AnyResponse | HttpResponseBase:
    """The response, or 304 for whoever has it: `seen` is all of it that matters. Weak, since
    what differs at every answer (a form's token) is left out."""
    etag = f'W/"{hashlib.sha256(seen.encode()).hexdigest()[:32]}"'
    # DRF wraps the request; the conditional headers are Django's business.
    asked = getattr(request, "_request", request)
    answer: AnyResponse | HttpResponseBase | None
    response["ETag"] = etag
    answer = get_conditional_response(asked, etag=etag, response=response)
    return response if answer is None else answer


_MASKED = re.compile(r'(name="(?:csrfmiddlewaretoken|request_key|quote)" value=")[^"]*')


def fragment_with_etag(
    request: HttpRequest, template: str, context: dict[str, Any]
) -> HttpResponseBase:
    """A polled fragment: the browser keeps it and asks whether it is still so."""
    response = render(request, template, context)
    seen = _MASKED.sub(r"\1", response.content.decode())
    return answer_with_etag(request, response, seen)


def say_error(request: HttpRequest, error: DomainError) -> None:
    messages.error(request, error.message)

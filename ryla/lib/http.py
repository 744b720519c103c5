"""Doors stay thin: a DomainError becomes JSON for the API and a page or message for people."""

from __future__ import annotations

import hashlib
import re
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
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
    if request.path.startswith("/api/"):
        body = error_body(error.code, error.message, error.field)
        response = JsonResponse(body, status=error.status)
    else:
        response = render(request, "errors/domain.html", {"error": error}, status=error.status)
    return say_when(response, error)


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

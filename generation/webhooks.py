"""Where providers call back. Machines only: no session, no page."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generation import callbacks
from generation.providers.base import ForgedCallback, ProviderError
from ryla.lib.errors import NotFound

log = logging.getLogger(__name__)

# Some vendors send the picture along, up to 20 MB of it. Only who knows an item's address, which
# is looked at first, gets that much read.
BODY_MAX_BYTES = 24 * 1024 * 1024
_AGAIN_AFTER_S = "5"


@csrf_exempt
@require_POST
def provider_callback(request: HttpRequest, alias: str, token: str) -> HttpResponse:
    """204 for whatever was taken note of, repeats too; 401 and 404 change nothing; 503 asks for
    the callback again."""
    try:
        item_id = callbacks.item_of(alias, token)
    except NotFound:
        return HttpResponse(status=404)
    body = request.read(BODY_MAX_BYTES + 1)
    if len(body) > BODY_MAX_BYTES:
        return HttpResponse(status=413)
    try:
        callbacks.ring(alias=alias, item_id=item_id, headers=request.headers, body=body)
    except ForgedCallback:
        log.warning("forged callback", extra={"provider": alias, "item": str(item_id)})
        return HttpResponse(status=401)
    except (callbacks.TooEarly, ProviderError) as error:
        log.info("callback not taken", extra={"provider": alias, "code": error.code})
        return HttpResponse(status=503, headers={"Retry-After": _AGAIN_AFTER_S})
    return HttpResponse(status=204)

"""Where an image came from: a row, and a mark inside the file itself.

The mark is IPTC's digital source type in XMP, which platforms read to label pictures made by
a machine: https://cv.iptc.org/newscodes/digitalsourcetype/
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from PIL import Image as Pillow
from PIL import PngImagePlugin

from characters.models import Image
from generation.models import GenerationJob, Provenance
from generation.prompts import PROMPT_VERSION, compile_prompt
from generation.providers.base import Finished, ImageRequest
from ryla.lib.errors import InvalidInput
from ryla.lib.picture_files import rewritten_png, upright

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmp:CreatorTool="RYLA"
    Iptc4xmpExt:DigitalSourceType="{source_type}"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def mark(finished: Finished) -> bytes:
    """The picture with only our mark as metadata: whatever the provider wrote into the file
    (prompts, workflows, paths) does not leave the house.

    A plain PNG keeps its very pixels as they are packed; any other picture is encoded anew,
    upright, solid and in the colours of screens. Raises InvalidInput when the bytes are no
    picture.
    """
    xmp = _XMP.format(source_type=finished.digital_source_type).encode()
    try:
        picture = Pillow.open(io.BytesIO(finished.content))
        picture.load()
        shown = upright(picture)
        if shown is picture and _is_solid(picture):
            with suppress(ValueError):
                return rewritten_png(finished.content, xmp=xmp)
        return _encoded(shown.convert("RGB"), picture.format, xmp)
    except (OSError, SyntaxError, ValueError, Pillow.DecompressionBombError) as error:
        raise InvalidInput("The provider's answer is not a picture.", field="image") from error


def _is_solid(picture: Pillow.Image) -> bool:
    if picture.mode == "RGBA":
        return bool(picture.getchannel("A").getextrema() == (255, 255))
    return picture.mode == "RGB"


def _encoded(picture: Pillow.Image, kind: str | None, xmp: bytes) -> bytes:
    buffer = io.BytesIO()
    picture.info.pop("transparency", None)
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", xmp.decode())
        picture.save(buffer, "PNG", pnginfo=info, compress_level=5)
    else:
        encoder = "WEBP" if kind == "WEBP" else "JPEG"
        profile = picture.info.get("icc_profile")
        picture.save(buffer, encoder, quality=95, xmp=xmp, comment=b"", icc_profile=profile)
    return buffer.getvalue()


def _words_of(request: ImageRequest, *, takes_words: bool) -> dict[str, Any]:
    """What was said, and which choice caused which words, kept with the picture: a later compiler
    says other words. None of the latter when the compiler changed while the request waited."""
    words = {"text": request.text, "negative": request.negative} if takes_words else {}
    compiled = compile_prompt(request)
    if compiled.text != request.text:
        return words
    trace = [[phrase.words, phrase.field, phrase.choice] for phrase in compiled.trace]
    return {**words, "prompt_version": PROMPT_VERSION, "trace": trace}


def record(
    *,
    image: Image,
    job: GenerationJob,
    provider: str,
    request: ImageRequest,
    external_id: str,
    finished: Finished,
    takes_words: bool = False,
    cost_minor: float | None = None,
) -> Provenance:
    """Joins the transaction that creates the image. `provider` is the one that made it.
    `takes_words`: the compiled prompt was sent to it, which otherwise drew from the choices
    alone. `cost_minor` is what it takes for such a picture, unless its answer said better."""
    parameters: Mapping[str, Any] = {
        **finished.parameters,
        "width_px": request.width_px,
        "height_px": request.height_px,
        "operation": request.operation,
        "references": [
            {"role": r.role, "image_id": r.image_id, "sha256": r.sha256} for r in request.references
        ],
        **_words_of(request, takes_words=takes_words),
    }
    return Provenance.objects.create(
        image=image,
        job=job,
        recipe=job.recipe,
        provider=provider,
        external_id=external_id,
        model=finished.model,
        model_version=finished.model_version,
        digital_source_type=finished.digital_source_type,
        prompt=request.prompt,
        seed=request.seed,
        parameters=dict(parameters),
        sha256=image.sha256,
        cost_minor=_cost_of(finished, cost_minor),
    )


def _cost_of(finished: Finished, usual_minor: float | None) -> Decimal | None:
    cost = finished.cost_minor if finished.cost_minor is not None else usual_minor
    return None if cost is None else Decimal(str(cost)).quantize(Decimal("0.0001"))

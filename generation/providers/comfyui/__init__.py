from __future__ import annotations

from .provider import ComfyUI

__all__ = ["ComfyUI"]

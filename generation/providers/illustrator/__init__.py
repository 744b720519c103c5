"""The built-in illustrator: draws a person in a scene as SVG and turns it into PNG."""

from .provider import Illustrator

__all__ = ["Illustrator"]

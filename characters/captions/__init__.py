"""Words for a post, suggested: who writes them is chosen in the settings."""

from characters.captions.base import Brief, CaptionWriter, Suggestion
from characters.captions.hashtags import clean_hashtags
from ryla.lib.backends import Backends

__all__ = ["Brief", "CaptionWriter", "Suggestion", "clean_hashtags", "writers"]

writers = Backends[CaptionWriter]("CAPTION_WRITERS")

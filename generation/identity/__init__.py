"""How much a picture's face is like the base face. Scorers know nothing of our tables.

The built-in one, `StructureScorer`, needs no model and no network. It sets both faces upright
and compares how edges run in their parts and how the colours of hair, eyes, lips and brows
differ from the skin's, which light does not change. What it can tell and what it cannot
(`python -m benchmarks likeness`: people and shots it was not fitted on, in many lights, poses,
expressions and outfits):

- Where the geometry is known, which is the illustrator's case, the face is found exactly. A
  picture of another look scores less than one of the same character in 99 of 100 pairs, and 94
  of 100 are below one half, where of the same character hardly any is: hats that hide hair and
  brows are what it fails at.
- People of one look, same hair and same skin, it tells apart only by the features of the face,
  which is often not enough.
- Where the geometry is not known it searches around where such a framing has its face, which is
  right in about 94 of 100 pairs; one in fifteen of the same character is below one half.

The weights are fitted by `python -m benchmarks.likeness_fit`; they are for illustrations only:
take its word on photographs for a first hint.

`EmbeddingScorer` compares faces as dlib's network sees them. It is made for photographs and is
used once its optional extra is installed (requirements/faces.txt). Drawings are nearly all the
same to it, so it does not decide over those whose geometry is known.
"""

from .base import Box, Context, Score, Scorer
from .embedding import EmbeddingScorer
from .structure import StructureScorer

__all__ = ["Box", "Context", "EmbeddingScorer", "Score", "Scorer", "StructureScorer"]

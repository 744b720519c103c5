"""A quote: what was shown before asking, signed, so that it is what is charged.

The token is all there is of it; nothing is stored. It says which request of whom it is for,
the credits, the pictures, the provider, who else may make them, and how long it should take.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing

from ryla.lib.errors import Conflict

VALID_S = 600
# 1 credit is €0.001 of list price (billing.plans), so that a cost in cents can be held against it.
CREDITS_PER_MINOR = 10
_SALT = "generation.quote"


class QuoteRefused(Conflict):
    """Nothing was charged. `offer` is what would be now; the services fill it in."""

    code = "quote_invalid"
    message = "This quote is not for this request."
    offer: Any = None


class QuoteExpired(QuoteRefused):
    code = "quote_expired"
    message = "The price was shown more than ten minutes ago."


class PriceChanged(QuoteRefused):
    code = "price_changed"
    message = "The price is not the one that was shown."


@dataclass(frozen=True, slots=True)
class Promise:
    """`digest` names character, recipe and parsed options; `expected` is (low_s, high_s) or
    empty. Pictures come from `provider`, or where that fails from the first of `may_substitute`
    that can, and from no other."""

    owner: str
    digest: str
    recipe: str
    character: str
    credits: int
    count: int
    provider: str
    expected: tuple[int, ...] = ()
    may_substitute: tuple[str, ...] = ()

    def sign(self) -> str:
        return signing.dumps(asdict(self), salt=_SALT, compress=True)

    def require_for(self, *, owner: str, character: str, recipe: str) -> None:
        """Raises QuoteRefused when it was made for something else."""
        if (self.owner, self.character, self.recipe) != (owner, character, recipe):
            raise QuoteRefused

    def price_of(self, *, credits: int, count: int, provider: str, digest: str) -> int:
        """What is charged for a request that would cost `credits` now: what was promised. Other
        options are as good as long as nothing that was shown differs. A price that rose since
        is not charged; one that fell is shown first, and so is one that is free no more.

        Raises PriceChanged."""
        if (self.provider, self.count) == (provider, count):
            if self.credits == credits:
                return credits
            if self.digest == digest and 0 < self.credits < credits:
                return self.credits
        raise PriceChanged


def read(token: str) -> Promise:
    """Raises QuoteRefused, QuoteExpired."""
    try:
        data = signing.loads(token, salt=_SALT, max_age=VALID_S)
        lists = {name: tuple(data.get(name, ())) for name in ("expected", "may_substitute")}
        return Promise(**{**data, **lists})
    except signing.SignatureExpired as error:
        raise QuoteExpired from error
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise QuoteRefused("This is no quote of ours.") from error

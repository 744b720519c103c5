"""API tokens that end when their owner's sessions do.

Every token carries the `epoch` its user had when it was issued. Raising the user's epoch
(new password, signed out everywhere, account closed) makes all of them worthless at once.
"""

from __future__ import annotations

from typing import Any, TypedDict, cast

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.utils import timezone
from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken, Token

from accounts.models import User
from ryla.lib.errors import DomainError, InvalidInput

EPOCH_CLAIM = "epoch"


class TokenPair(TypedDict):
    access: str
    refresh: str


class SignInLocked(DomainError):
    code = "locked"
    status = 429
    message = "Too many failed sign-ins. Try again in 15 minutes, or reset the password."


class RylaRefreshToken(RefreshToken):
    @classmethod
    def for_user(cls, user: Any) -> RefreshToken:  # type: ignore[override]
        # The library writes the token into its table before this claim is in it: what lies
        # there is refused as it stands, so a copy of the table signs nobody in.
        token = super().for_user(user)
        token[EPOCH_CLAIM] = user.session_epoch
        return token


def issue_tokens(user: User) -> TokenPair:
    refresh = RylaRefreshToken.for_user(user)
    return {"access": str(refresh.access_token), "refresh": str(refresh)}


def revoke_token(refresh: str) -> None:
    """End this refresh token; repeating does nothing. Raises InvalidInput when it is none."""
    try:
        RylaRefreshToken(refresh).blacklist()  # type: ignore[arg-type]
    except TokenError as error:
        if "blacklisted" not in str(error):
            raise InvalidInput("This is not a valid refresh token.", field="refresh") from error


def end_tokens(user: User) -> None:
    """Blacklist every refresh token of the user that could still be used."""
    live = OutstandingToken.objects.filter(
        user=user, expires_at__gt=timezone.now(), blacklistedtoken=None
    )
    BlacklistedToken.objects.bulk_create(
        [BlacklistedToken(token=token) for token in live], ignore_conflicts=True
    )


def prune_tokens() -> int:
    """Forget tokens that ended by their age; returns how many."""
    expired = OutstandingToken.objects.filter(expires_at__lte=timezone.now())
    BlacklistedToken.objects.filter(token__in=expired).delete()
    return expired.delete()[0]


def _require_current(token: Token, user: User) -> None:
    if not user.is_active:
        raise AuthenticationFailed("This account is not active.", code="user_inactive")
    if token.get(EPOCH_CLAIM) != user.session_epoch:
        raise AuthenticationFailed("This token has been ended. Sign in again.", code="token_ended")


class TokenAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access token>`."""

    def get_user(self, validated_token: Token) -> User:  # type: ignore[override]
        user = cast(User, super().get_user(validated_token))
        _require_current(validated_token, user)
        return user


class TokenScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call]
    """Tells the API's description that our authentication is a bearer token too."""

    target_class = "accounts.tokens.TokenAuthentication"


class RylaTokenObtainPairSerializer(serializers.Serializer[Any]):
    """E-mail and password against a pair of tokens. Wrong ones count towards the lock."""

    email = serializers.EmailField(write_only=True, max_length=254)
    password = serializers.CharField(
        write_only=True, trim_whitespace=False, max_length=4096, style={"input_type": "password"}
    )
    access = serializers.CharField(read_only=True)
    refresh = serializers.CharField(read_only=True)

    def validate(self, attrs: dict[str, str]) -> TokenPair:  # type: ignore[override]
        request = self.context["request"]
        # Under the name that axes counts by; pages use it too, so both share one lock.
        user = authenticate(
            request,
            username=User.objects.normalize_email(attrs["email"]),
            password=attrs["password"],
        )
        if getattr(request, "axes_locked_out", False):
            raise SignInLocked
        if not isinstance(user, User):
            raise AuthenticationFailed(
                "E-mail and password do not match an account.", code="no_active_account"
            )
        user_logged_in.send(sender=User, request=request, user=user)
        return issue_tokens(user)


class RylaTokenRefreshSerializer(serializers.Serializer[Any]):
    """A refresh token against a new pair; it works once."""

    refresh = serializers.CharField()
    access = serializers.CharField(read_only=True)

    def validate(self, attrs: dict[str, str]) -> TokenPair:  # type: ignore[override]
        try:
            token = RylaRefreshToken(attrs["refresh"])  # type: ignore[arg-type]
            user = User.objects.get(pk=token[api_settings.USER_ID_CLAIM])
        except (TokenError, KeyError, User.DoesNotExist) as error:
            raise InvalidToken("This refresh token is not valid any more.") from error
        _require_current(token, user)
        # Two requests with one token: the unique row lets exactly one of them go on.
        _, is_first = cast("tuple[BlacklistedToken, bool]", token.blacklist())
        if not is_first:
            raise InvalidToken("This refresh token is not valid any more.")
        return issue_tokens(user)

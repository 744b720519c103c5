"""What generation hears from the floors below."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_closing
from characters.services import delete_all_of
from generation.services import cancel_all_of


@receiver(account_closing)
def end_and_erase(sender: Any, user: User, **kwargs: Any) -> None:
    """Jobs end with their refunds before the characters they belong to go."""
    cancel_all_of(user=user)
    delete_all_of(user=user)

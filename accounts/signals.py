"""How the floors above hear this one."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction that closes an account, with `user`. Receivers end and erase
# what is the user's; an exception in one stops the closing.
account_closing = Signal()

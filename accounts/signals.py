"""How the floors above hear this one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.dispatch import Signal

# The name of a section, and the one object or the rows in it. Rows are JSON-ready for Django's
# encoder and made as they are read (`ryla.lib.rows.in_bites`), however many there are.
Sections = dict[str, Mapping[str, Any] | Iterable[Mapping[str, Any]]]

# Sent inside the transaction that closes an account, with `user`. Receivers end and erase
# what is the user's; an exception in one stops the closing.
account_closing = Signal()

# Sent with `user`, who takes their data along. Receivers return Sections of all that their app
# keeps about that user, and of nobody else: no secrets, no staff, no other people.
collecting_data = Signal()

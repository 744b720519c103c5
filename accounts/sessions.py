"""Sessions in Postgres that know whose they are, so that people can see and end them."""

from __future__ import annotations

from typing import Any, cast

from asgiref.sync import sync_to_async
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import Session

# When the device was last noted in the row (accounts.middleware).
SEEN_AT = "seen_at"


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = cast(Session, super().create_model_instance(data))
        session.user_id = data.get(SESSION_KEY) or None
        known = (
            Session.objects.filter(pk=session.session_key)
            .values("user_agent", "ip_address", "created_at", "seen_at")
            .first()
        )
        for field, value in (known or {}).items():
            setattr(session, field, value)
        return session

    async def acreate_model_instance(self, data: dict[str, Any]) -> Session:
        return await sync_to_async(self.create_model_instance)(data)

    def cycle_key(self) -> None:
        # The new row knows no device yet: have it noted at once.
        self.pop(SEEN_AT, None)
        super().cycle_key()

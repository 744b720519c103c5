"""Sessions in Postgres that know whose they are, so that people can see and end them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import Session


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session: Session = super().create_model_instance(data)
        session.user_id = data.get(SESSION_KEY) or None
        known = (
            Session.objects.filter(pk=session.session_key)
            .values("user_agent", "ip_address", "created_at", "seen_at")
            .first()
        )
        for field, value in (known or {}).items():
            setattr(session, field, value)
        return session

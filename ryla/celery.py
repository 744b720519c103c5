"""The Celery application; the schedule calls the same tasks as the commands."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ryla.settings")

app = Celery("ryla")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

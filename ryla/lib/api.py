"""What every API endpoint shares."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Keyset pages over ids that sort by time: page 1 000 costs what page 1 costs."""

    ordering = "-id"
    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"

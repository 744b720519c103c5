"""/api/v1/: the integrators' door."""

from __future__ import annotations

from csp.decorators import csp_update
from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts import api as accounts
from accounts import inbox_api
from billing import api as billing
from characters import album_api
from characters import api as characters
from generation import api as generation
from generation import image_api
from ryla.schema import SchemaView

app_name = "api"

router = SimpleRouter()
router.register("characters", characters.CharacterViewSet, basename="character")
router.register("images", characters.ImageViewSet, basename="image")
router.register("albums", album_api.AlbumViewSet, basename="album")
router.register("jobs", generation.JobViewSet, basename="job")

# Swagger's own images are data addresses inside its style sheet; nothing inline is needed.
docs = csp_update({"img-src": ["data:"]})(
    SpectacularSwaggerSplitView.as_view(
        url_name="api:schema", permission_classes=(), authentication_classes=()
    )
)

urlpatterns = [
    path("token/", accounts.TokenView.as_view(), name="token"),
    path("token/refresh/", accounts.RefreshView.as_view(), name="token_refresh"),
    path("token/revoke/", accounts.TokenRevokeView.as_view(), name="token_revoke"),
    path("me/", accounts.MeView.as_view(), name="me"),
    path("events/", accounts.EventsView.as_view(), name="events"),
    path("inbox/", inbox_api.InboxView.as_view(), name="inbox"),
    path("inbox/read/", inbox_api.InboxReadView.as_view(), name="inbox_read"),
    path("notifications/", inbox_api.NotificationsView.as_view(), name="notifications"),
    path("credits/", billing.CreditsView.as_view(), name="credits"),
    path("credits/entries/", billing.CreditEntriesView.as_view(), name="credit_entries"),
    path("catalogue/", characters.CatalogueView.as_view(), name="catalogue"),
    path("catalogue/studio/", generation.StudioCatalogueView.as_view(), name="studio_catalogue"),
    path("quotes/", generation.QuoteView.as_view(), name="quote"),
    path("masks/", generation.MaskView.as_view(), name="mask"),
    path(
        "characters/<uuid:character>/likeness/",
        image_api.LikenessThresholdView.as_view(),
        name="likeness_threshold",
    ),
    path("images/<uuid:pk>/origin/", image_api.ImageOriginView.as_view(), name="image_origin"),
    path("images/<uuid:pk>/again/", image_api.ImageAgainView.as_view(), name="image_again"),
    path("images/<uuid:pk>/redraw/", image_api.ImageRedrawView.as_view(), name="image_redraw"),
    path("images/<uuid:pk>/keep/", image_api.ImageKeepView.as_view(), name="image_keep"),
    path("", include(router.urls)),
    path(
        "schema/",
        SchemaView.as_view(permission_classes=(), authentication_classes=()),
        name="schema",
    ),
    path("docs/", docs, name="docs"),
]

"""Where everything is mounted. Paths that exist in local mode only are added last."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from ryla import offline, pages, search

admin.site.site_header = "RYLA staff desk"
admin.site.site_title = "RYLA staff"
admin.site.index_title = "Everything there is"

handler404 = "ryla.lib.http.not_found"
handler500 = "ryla.lib.http.failed"

urlpatterns = [
    path("", pages.home, name="home"),
    path("healthz", pages.healthz, name="healthz"),
    path("legal/", include("ryla.legal_urls")),
    path("help/", include("ryla.help.urls")),
    path("search/", search.search, name="search"),
    path("offline/", offline.offline_page, name="offline"),
    # At the top, since a worker rules the paths below its own.
    path("service-worker.js", offline.service_worker, name="service_worker"),
    path("", include("accounts.urls")),
    path("", include("characters.urls")),
    path("", include("generation.urls")),
    path("", include("billing.urls")),
    path("api/v1/", include("ryla.api_urls")),
    path("events/", include("accounts.stream_urls")),
    path("admin/", admin.site.urls),
]

if settings.LOCAL_MODE:
    from accounts.dev_mail import urlpatterns as mail_urls
    from ryla.dev_components import components_page

    urlpatterns += [
        path("dev/mail/", include(mail_urls)),
        path("dev/components/", components_page, name="dev_components"),
    ]

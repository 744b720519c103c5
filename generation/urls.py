from __future__ import annotations

from django.urls import path

from generation import preview, webhooks
from generation.views import (
    compare,
    drift,
    edit,
    faces,
    from_picture,
    grid,
    images,
    jobs,
    quotes,
    studio,
    templates,
)

app_name = "generation"
urlpatterns = [
    path("characters/<uuid:character_id>/faces/", faces.faces, name="faces"),
    path("characters/<uuid:character_id>/faces/now/", faces.fragment, name="faces_fragment"),
    path("characters/<uuid:character_id>/faces/choose/", faces.choose, name="choose_face"),
    path("characters/<uuid:character_id>/studio/", studio.studio, name="studio"),
    path("characters/<uuid:character_id>/studio/grid/", grid.grid, name="studio_grid"),
    path(
        "characters/<uuid:character_id>/studio/templates/",
        templates.templates,
        name="studio_templates",
    ),
    path(
        "characters/<uuid:character_id>/studio/templates/<uuid:pk>/rename/",
        templates.rename,
        name="studio_template_rename",
    ),
    path(
        "characters/<uuid:character_id>/studio/templates/<uuid:pk>/delete/",
        templates.delete,
        name="studio_template_delete",
    ),
    path(
        "characters/<uuid:character_id>/studio/preview.svg",
        preview.studio_preview,
        name="studio_preview",
    ),
    path("characters/<uuid:character_id>/profile-set/", studio.profile_set, name="profile_set"),
    path("characters/<uuid:character_id>/quote/", quotes.quote_now, name="quote"),
    path("characters/<uuid:character_id>/likeness/", drift.likeness, name="likeness"),
    path(
        "characters/<uuid:character_id>/likeness/limit/",
        drift.threshold,
        name="character_threshold",
    ),
    path("characters/<uuid:character_id>/jobs/", jobs.of_character, name="character_jobs"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/now/", jobs.jobs_fragment, name="jobs_fragment"),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/now/", jobs.job_fragment, name="job_fragment"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel, name="cancel"),
    path("jobs/<uuid:pk>/retry/", jobs.retry, name="retry"),
    path("images/<uuid:pk>/", images.image, name="image"),
    path("images/<uuid:pk>/edit/", edit.edit, name="image_edit"),
    path("images/<uuid:pk>/edit/quote/", edit.edit_quote, name="image_edit_quote"),
    path("images/<uuid:pk>/again/", images.again, name="image_again"),
    path("images/<uuid:pk>/redraw/", images.redraw, name="image_redraw"),
    path("images/<uuid:pk>/keep/", images.keep, name="image_keep"),
    path("images/<uuid:pk>/threshold/", images.threshold, name="likeness_threshold"),
    path("images/<uuid:pk>/variation/", from_picture.variation, name="image_variation"),
    path("images/<uuid:pk>/upscale/", from_picture.upscale, name="image_upscale"),
    path("compare/", compare.compare, name="compare"),
    path("prices/", studio.prices, name="prices"),
    path(
        "webhooks/providers/<slug:alias>/<str:token>/",
        webhooks.provider_callback,
        name="provider_callback",
    ),
    path("preview/character.svg", preview.character, name="preview"),
    path("preview/option/<slug:field>/<slug:slug>.webp", preview.option, name="preview_option"),
    path("preview/studio/<slug:field>/<slug:slug>.webp", preview.studio, name="preview_studio"),
    path("preview/sample/<int:n>.webp", preview.sample, name="preview_sample"),
    path(
        "preview/sample/<int:n>-small.webp",
        preview.sample,
        {"is_small": True},
        name="preview_sample_small",
    ),
]

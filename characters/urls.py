from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from characters import images
from characters.views import designer, files, gallery, guide, pages, trash


class _Variant(StringConverter):
    """Nothing but these, so that other places below a picture are free for whoever has them."""

    regex = "|".join(images.VARIANTS)


register_converter(_Variant, "variant")

app_name = "characters"

urlpatterns = [
    path("characters/", pages.character_list, name="list"),
    path("characters/covers/", pages.covers, name="covers"),
    path("characters/guide/", guide.guide, name="guide"),
    path("characters/guide/switch/", guide.guide_switch, name="guide_switch"),
    path("characters/new/", designer.new, name="new"),
    path("characters/<uuid:pk>/", pages.detail, name="detail"),
    path("characters/<uuid:pk>/pictures/", pages.pictures, name="pictures"),
    path("characters/<uuid:pk>/edit/", pages.edit, name="edit"),
    path("characters/<uuid:pk>/duplicate/", pages.duplicate, name="duplicate"),
    path("characters/<uuid:pk>/delete/", pages.delete, name="delete"),
    path("characters/<uuid:pk>/download/", files.download_set, name="download_set"),
    path("characters/<uuid:pk>/design/<slug:step>/", designer.design, name="design"),
    path("characters/<uuid:pk>/surprise/", designer.surprise, name="surprise"),
    path("characters/<uuid:pk>/surprise/undo/", designer.undo_surprise, name="undo_surprise"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/pictures/", gallery.gallery_pictures, name="gallery_pictures"),
    path("gallery/apply/", gallery.apply, name="gallery_apply"),
    path("gallery/download/", files.gallery_download, name="gallery_download"),
    path("bin/", trash.bin_page, name="bin"),
    path("bin/empty/", trash.empty_bin, name="empty_bin"),
    path("images/<uuid:pk>/download/", files.image_download, name="image_download"),
    path("images/<uuid:pk>/crop/", files.image_crop, name="image_crop"),
    path("images/<uuid:pk>/favourite/", gallery.favourite, name="favourite"),
    path("images/<uuid:pk>/caption/", gallery.caption, name="caption"),
    path("images/<uuid:pk>/bin/", gallery.image_bin, name="image_bin"),
    path("images/<uuid:pk>/restore/", trash.image_restore, name="image_restore"),
    path("images/<uuid:pk>/erase/", trash.image_erase, name="image_erase"),
    path("images/<uuid:pk>/<variant:variant>/", files.image_file, name="image_file"),
]

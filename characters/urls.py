from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from characters import images
from characters.views import (
    albums,
    calendar,
    designer,
    files,
    gallery,
    guide,
    pages,
    posts,
    profile,
    trash,
    versions,
)


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
    path("characters/<uuid:pk>/undo/", designer.undo, name="undo"),
    path("characters/<uuid:pk>/redo/", designer.redo, name="redo"),
    path("characters/<uuid:pk>/handle/", designer.handle_now, name="handle_now"),
    path("characters/<uuid:pk>/favourites/", profile.favourites, name="favourites"),
    path("characters/<uuid:pk>/posts/", posts.of_character, name="posts"),
    path("posts/new/", posts.new, name="new_post"),
    path("posts/package/", posts.package_range, name="package_posts"),
    path("posts/<uuid:pk>/", posts.post, name="post"),
    path("posts/<uuid:pk>/posted/", posts.posted, name="post_posted"),
    path("posts/<uuid:pk>/move/", calendar.move, name="move_post"),
    path("posts/<uuid:pk>/delete/", posts.delete, name="delete_post"),
    path("posts/<uuid:pk>/package/", posts.package, name="post_package"),
    path("posts/<uuid:pk>/pictures/<uuid:picture_id>/", posts.picture, name="post_picture"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/address/", calendar.feed_switch, name="calendar_address"),
    path("calendar/<str:token>.ics", calendar.feed, name="calendar_feed"),
    path("characters/<uuid:pk>/settings/", profile.settings_page, name="settings"),
    path("characters/<uuid:pk>/versions/", versions.versions, name="versions"),
    path("characters/<uuid:pk>/look/reopen/", versions.reopen, name="reopen_look"),
    path(
        "characters/<uuid:pk>/versions/<int:number>/restore/",
        versions.restore,
        name="restore_version",
    ),
    path(
        "characters/<uuid:pk>/versions/<int:number>/undo/",
        versions.undo,
        name="undo_restore",
    ),
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/pictures/", gallery.gallery_pictures, name="gallery_pictures"),
    path("gallery/apply/", gallery.apply, name="gallery_apply"),
    path("gallery/download/", files.gallery_download, name="gallery_download"),
    path("albums/", albums.album_list, name="albums"),
    path("albums/new/", albums.new_album, name="new_album"),
    path("albums/choose/", albums.choose_album, name="choose_album"),
    path("albums/put/", albums.put_into_album, name="put_into_album"),
    path("albums/<uuid:pk>/", albums.album, name="album"),
    path("albums/<uuid:pk>/pictures/", albums.album_pictures, name="album_pictures"),
    path("albums/<uuid:pk>/edit/", albums.edit_album, name="edit_album"),
    path("albums/<uuid:pk>/cover/", albums.album_cover, name="album_cover"),
    path("albums/<uuid:pk>/remove/", albums.remove_from_album, name="remove_from_album"),
    path("albums/<uuid:pk>/delete/", albums.delete_album, name="delete_album"),
    path("albums/<uuid:pk>/restore/", albums.restore_album, name="restore_album"),
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

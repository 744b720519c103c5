from __future__ import annotations

from celery import shared_task

from characters import albums, images, services


@shared_task(name="characters.erase_files")
def erase_files() -> None:
    images.erase_due_files()


@shared_task(name="characters.empty_bins")
def empty_bins() -> None:
    services.empty_bins()
    albums.purge_albums()

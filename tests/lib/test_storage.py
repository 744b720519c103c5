from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from ryla.lib.ids import new_id
from ryla.lib.storage import WholeFileStorage


@pytest.fixture
def storage() -> WholeFileStorage:
    images = storages["images"]
    assert isinstance(images, WholeFileStorage)
    return images


def test_file_is_stored_whole_with_its_headers(storage: WholeFileStorage) -> None:
    name, content = f"{new_id()}/0.webp", b"picture" * 100_000
    assert storage.save(name, ContentFile(content)) == name
    with storage.open(name) as stored:
        assert stored.read() == content
    client = storage.connection.meta.client
    head = client.head_object(Bucket=storage.bucket_name, Key=f"{storage.location}/{name}")
    assert head["ContentType"] == "image/webp"
    assert head["CacheControl"] == "private, max-age=31536000, immutable"


def test_file_is_stored_from_its_beginning_and_written_over(storage: WholeFileStorage) -> None:
    name = f"{new_id()}/0.png"
    for content in (b"first", b"second"):
        file = ContentFile(content)
        file.read(3)
        storage.save(name, file)
    with storage.open(name) as stored:
        assert stored.read() == b"second"


def test_refusal_of_the_store_is_raised(storage: WholeFileStorage) -> None:
    elsewhere = WholeFileStorage(**{**storage._constructor_args[1], "bucket_name": "not-there"})
    with pytest.raises(ClientError, match="NoSuchBucket"):
        elsewhere.save("a.png", ContentFile(b"content"))

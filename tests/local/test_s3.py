from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from ryla.local.s3 import REGION, EmbeddedS3
from tests.local.helpers import fetch, gone, launcher


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedS3]:
    with EmbeddedS3(tmp_path / "media", bucket="pictures") as s3:
        yield s3


def client(server: EmbeddedS3) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=server.url,
        region_name=REGION,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        config=Config(signature_version="s3v4"),
    )


def test_bucket_is_there_and_restart_keeps_files_keys_and_address(server: EmbeddedS3) -> None:
    client(server).put_object(Bucket="pictures", Key="a/b.txt", Body=b"kept")
    before = (server.url, server.access_key, server.secret_key)
    server.stop()
    server.start()
    assert (server.url, server.access_key, server.secret_key) == before
    assert client(server).get_object(Bucket="pictures", Key="a/b.txt")["Body"].read() == b"kept"


def test_what_a_killed_store_was_writing_is_gone_after_the_next_start(server: EmbeddedS3) -> None:
    client(server).put_object(Bucket="pictures", Key="a/b.png", Body=b"kept")
    server.stop()
    (kept,) = (server.data_dir / "buckets").rglob("b.png")
    (kept.parent / ".tmp.0123456789abcdef0123456789abcdef").write_bytes(b"ha")
    server.start()
    listed = client(server).list_objects_v2(Bucket="pictures")["Contents"]
    assert [entry["Key"] for entry in listed] == ["a/b.png"]


def test_profile_of_other_work_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "not-on-this-machine")
    with EmbeddedS3(tmp_path / "media") as server:
        assert server.ready()


def test_link_works_and_a_forged_one_does_not(server: EmbeddedS3) -> None:
    client(server).put_object(Bucket="pictures", Key="b.txt", Body=b"private")
    link = client(server).generate_presigned_url(
        "get_object", {"Bucket": "pictures", "Key": "b.txt"}, ExpiresIn=60
    )
    assert fetch(link) == (200, b"private")
    assert fetch(link[:-1] + ("0" if link[-1] != "0" else "1"))[0] == 403
    assert fetch(f"{server.url}/pictures/b.txt")[0] == 403


def test_leftover_of_a_killed_launcher_is_replaced(tmp_path: Path) -> None:
    with launcher("s3", "EmbeddedS3", tmp_path / "m", orphans=True) as (process, pid):
        process.kill()
        process.wait()
        server = EmbeddedS3(tmp_path / "m")
        assert server.leftover() == pid
        with server:
            assert server.ready()
        assert gone(pid)

"""A bucket of its own, served by nanio."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from ryla.local import ports
from ryla.local.problems import LocalError
from ryla.local.processes import Process, spawn
from ryla.local.servers import EmbeddedServer, write_private

REGION = "us-east-1"
# An AWS_PROFILE in somebody's shell is meant for other work and may not even exist.
_NO_PROFILE = {"profile": (None, None, None, None)}


class EmbeddedS3(EmbeddedServer):
    """Checks signatures and expiry as the real thing does. `bucket` exists after `start`.

    Presigned links carry `url`, so it is the address that browsers use as well.
    """

    name = "The S3 store"
    key = "s3"

    def __init__(self, data_dir: Path | str, *, fast: bool = False, bucket: str = "ryla") -> None:
        super().__init__(data_dir, fast=fast)
        self.bucket = bucket

    @property
    def url(self) -> str:
        return f"http://{ports.HOST}:{self.port}"

    @property
    def access_key(self) -> str:
        return self._secret("access_key")

    @property
    def secret_key(self) -> str:
        return self._secret("secret_key")

    def ready(self) -> bool:
        """Any answer will do: without a signature it is a refusal."""
        connection = http.client.HTTPConnection(ports.HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status == http.client.FORBIDDEN
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _pid_file(self) -> Path:
        return self.data_dir / "nanio.pid"

    def _command(self, port: int) -> Sequence[str | Path]:
        return [
            *(
                sys.executable,
                "-m",
                "nanio",
                "serve",
                "--host",
                ports.HOST,
                "--port",
                str(port),
            ),
            *("--data-dir", self.data_dir / "buckets", "--region", REGION),
            *("--no-access-log", "--log-level", "warning"),
        ]

    def _prepare(self) -> None:
        if find_spec("nanio") is None:
            raise LocalError(
                "No S3 store is installed: run `make run` once, or set AWS_S3_ENDPOINT_URL."
            )
        buckets = self.data_dir / "buckets"
        buckets.mkdir(exist_ok=True)
        # A store that was killed leaves what it was writing, and would list it like a file.
        for unfinished in buckets.rglob(".tmp.*"):
            unfinished.unlink()

    def _spawn(self, command: Sequence[str | Path]) -> Process:
        keys = {
            "NANIO_ACCESS_KEY": self.access_key,
            "NANIO_SECRET_KEY": self.secret_key,
        }
        process = spawn(command, log=self.log, cwd=self.data_dir, env={**os.environ, **keys})
        write_private(self._pid_file(), f"{process.pid}\n")
        return process

    def _settle(self) -> None:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (slow)

        try:
            self._make_bucket()
        except (BotoCoreError, ClientError) as error:
            raise LocalError(f"{self.name} did not make its bucket: {error}.") from error

    def _make_bucket(self) -> None:
        # Imported late: it takes as long as everything else here together.
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import ClientError  # noqa: PLC0415
        from botocore.session import Session  # noqa: PLC0415

        client = Session(session_vars=_NO_PROFILE).create_client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(s3={"addressing_style": "path"}, proxies={}),
        )
        try:
            client.head_bucket(Bucket=self.bucket)
        except ClientError:
            client.create_bucket(Bucket=self.bucket)
        finally:
            client.close()

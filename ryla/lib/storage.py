"""The S3 storage of files that are whole in memory."""

from __future__ import annotations

from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name


class WholeFileStorage(S3Storage):
    """Sends each file in a request of its own, which S3 takes up to 5 GB.

    S3Storage goes through a resource object, whose class boto3 builds anew each time, and a
    transfer manager, which is there for files in parts; together they take as much of a
    processor again as the request.
    """

    def _save(self, name: str, content: File[bytes]) -> str:
        """Bytes from the beginning of `content`, unpacked. Raises ClientError, BotoCoreError."""
        cleaned = clean_name(name)
        key = self._normalize_name(cleaned)
        content.seek(0)
        self.connection.meta.client.put_object(
            Bucket=self.bucket_name,
            Key=key,
            Body=content.read(),
            **self._get_write_parameters(key, content),
        )
        return str(cleaned)

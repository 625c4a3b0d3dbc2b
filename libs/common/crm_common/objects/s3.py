"""Objects in any S3. boto3, as it is there already and signs POST policies, which alone bound an upload's size."""

# The minio client would be the smaller package, but one more, with a second HTTP stack and two crypto libraries.

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO
from urllib.parse import quote

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from crm_common.errors import CommonRules
from crm_common.objects.port import CHUNK, NoSuchObjectError, Stored, Upload, checked_key
from crm_common.waiting import thread_needed

_MISSING = {"404", "NoSuchKey", "NotFound"}
_PART = 8 * 1024 * 1024
# Parts one after the other, in the caller's thread: at most one of them is in memory.
_TRANSFER = TransferConfig(multipart_threshold=_PART, multipart_chunksize=_PART, use_threads=False)


class S3Objects:
    """`Objects` in one bucket, which is made at the first writing if it is not there.

    ``public_url`` is the address under which clients reach the same S3 (absent: ``url``).
    """

    def __init__(
        self, url: str, *, access_key: str, secret_key: str, bucket: str, region: str, public_url: str | None = None
    ) -> None:
        self._bucket = bucket
        self._region = region
        self._client = _client(url, access_key, secret_key, region)
        self._signing = _client(public_url or url, access_key, secret_key, region)
        self._made = threading.Lock()
        self._is_there = False

    def put(self, key: str, stream: BinaryIO) -> int:
        """As `Objects`."""
        counted = _Counted(stream)
        with _answering():
            self._make_bucket()
            self._client.upload_fileobj(counted, self._bucket, checked_key(key), Config=_TRANSFER)
        return counted.size

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """As `Objects`."""
        if end is not None and end <= start:
            return
        wanted = {} if start == 0 and end is None else {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
        with _answering(key):
            body = self._client.get_object(Bucket=self._bucket, Key=checked_key(key), **wanted)["Body"]
            try:
                yield from body.iter_chunks(CHUNK)
            finally:
                body.close()

    def stat(self, key: str) -> Stored | None:
        """As `Objects`."""
        try:
            with _answering(key):
                found = self._client.head_object(Bucket=self._bucket, Key=checked_key(key))
        except NoSuchObjectError:
            return None
        return Stored(found["ContentLength"], found["LastModified"].astimezone(UTC))

    def delete(self, key: str) -> None:
        """As `Objects`."""
        with _answering():
            self._client.delete_object(Bucket=self._bucket, Key=checked_key(key))

    def upload(self, key: str, *, content_type: str, limit: int, seconds: int) -> Upload:
        """As `Objects`: a form whose policy names key, type and size."""
        with _answering():
            self._make_bucket()
        post = self._signing.generate_presigned_post(
            self._bucket,
            checked_key(key),
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 0, limit]],
            ExpiresIn=seconds,
        )
        return Upload(post["url"], "POST", datetime.now(UTC) + timedelta(seconds=seconds), fields=post["fields"])

    def download_url(self, key: str, *, name: str, content_type: str, seconds: int) -> str:
        """As `Objects`."""
        asked = {
            "Bucket": self._bucket,
            "Key": checked_key(key),
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "ResponseContentType": content_type,
        }
        address: str = self._signing.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)
        return address

    def check(self) -> bool:
        """As `Objects`."""
        try:
            self._client.list_objects_v2(Bucket=self._bucket, MaxKeys=1)
        except ClientError as refused:
            return str(refused.response.get("Error", {}).get("Code")) == "NoSuchBucket"
        except BotoCoreError:
            return False
        return True

    def _make_bucket(self) -> None:
        with self._made:
            if self._is_there:
                return
            try:
                self._client.head_bucket(Bucket=self._bucket)
            except ClientError as missing:
                if _code(missing) not in {*_MISSING, "NoSuchBucket"}:
                    raise
                elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
                self._client.create_bucket(Bucket=self._bucket, **({} if self._region == "us-east-1" else elsewhere))
            self._is_there = True


class _Counted:
    """A stream that knows how much was read of it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self.size += len(piece)
        return piece


def _client(url: str, access_key: str, secret_key: str, region: str) -> Any:
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        retries={"max_attempts": 3, "mode": "standard"},
        connect_timeout=3,
        read_timeout=30,
        # not every S3 knows the checksums that are Amazon's default since 2025
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        proxies={},
    )
    session = boto3.session.Session(aws_access_key_id=access_key, aws_secret_access_key=secret_key)
    return session.client("s3", endpoint_url=url, region_name=region, config=config)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))


@contextmanager
def _answering(key: str = "") -> Iterator[None]:
    thread_needed()
    try:
        yield
    except ClientError as refused:
        if _code(refused) in _MISSING or (key and _code(refused) == "NoSuchBucket"):
            raise NoSuchObjectError(key) from refused
        raise CommonRules.the_service_is_unavailable(service="objects") from refused
    except (BotoCoreError, HTTPClientError, boto3.exceptions.Boto3Error) as failed:
        raise CommonRules.the_service_is_unavailable(service="objects") from failed

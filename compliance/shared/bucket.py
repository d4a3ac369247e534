"""Files in a store that speaks S3: one object a file, named by the SHA-256 of its content.

Only ``shared.files`` knows this module. The library is loaded where a bucket is configured, and a client belongs to the
process that made it: servers are forked.
"""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from compliance.shared.problems import NotNow
from compliance.shared.words import N_

T = TypeVar("T")
_log = logging.getLogger("compliance.files")
_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
_OURS = {
    "AccessDenied": "the key may not do this (files_access_key; it needs to read, write, list and delete)",
    "403": "the key may not do this (files_access_key; it needs to read, write, list and delete)",
    "InvalidAccessKeyId": "it does not know the key (files_access_key)",
    "SignatureDoesNotMatch": "the secret is wrong (files_secret_key)",
    "NoSuchBucket": "there is no such bucket (files_url)",
    "RequestTimeTooSkewed": "the clocks differ (set this machine's by NTP)",
}


@dataclass
class Bucket:
    """A bucket and how to reach it. ``url``: ``s3://bucket/prefix``; ``endpoint``: None for the maker of S3 himself."""

    url: str
    endpoint: str | None
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    _client: tuple[int, Any] = field(default=(0, None), repr=False)

    def write(self, digest: str, data: bytes) -> None:
        """Store bytes unless they are there; the store checks them against their signed SHA-256."""
        if self.size(digest) != len(data):
            self._ask(lambda s3: s3.put_object(**self._named(digest), Body=data))

    def read(self, digest: str) -> bytes | None:
        """The bytes as they are stored, or None."""
        return self._ask(lambda s3: bytes(s3.get_object(**self._named(digest))["Body"].read()))

    def size(self, digest: str) -> int | None:
        """Number of bytes, or None where there are none."""
        return self._ask(lambda s3: int(s3.head_object(**self._named(digest))["ContentLength"]))

    def remove(self, digest: str) -> None:
        """Remove the bytes, if they are there."""
        self._ask(lambda s3: s3.delete_object(**self._named(digest)))

    def every(self) -> Iterator[str]:
        """The names of all stored files."""

        def pages(s3: Any) -> list[str]:
            found = s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=self.prefix)
            return [one["Key"].rpartition("/")[2] for page in found for one in page.get("Contents", ())]

        yield from (name for name in self._ask(pages) or () if len(name) == 64)

    def probe(self) -> None:
        """See that something could be written now. Raises ``NotNow``."""
        name = {"Bucket": self.name, "Key": f"{self.prefix}probe"}
        self._ask(lambda s3: s3.put_object(**name, Body=b"\0"))

    @property
    def name(self) -> str:
        """The bucket's name."""
        return urlsplit(self.url).netloc

    @property
    def prefix(self) -> str:
        """What all names begin with: empty, or ending in a slash."""
        path = urlsplit(self.url).path.strip("/")
        return f"{path}/" if path else ""

    def _named(self, digest: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": f"{self.prefix}{digest[:2]}/{digest}"}

    def _ask(self, question: Callable[[Any], T]) -> T | None:
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

        try:
            return question(self._connected())
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _ABSENT:
                return None
            _log.error("the store of files refuses: %s", _OURS.get(code, code[:60]))
        except (BotoCoreError, HTTPClientError, OSError) as error:
            _log.error("the store of files is out of reach: %s", type(error).__name__)
        raise NotNow(
            "files-out-of-reach",
            N_("The store of files does not answer. Nothing was saved by this; try again in a few minutes."),
        )

    def _connected(self) -> Any:
        process, client = self._client
        if process != os.getpid():
            import boto3
            from botocore.config import Config

            config = Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"mode": "standard", "total_max_attempts": 3},
                max_pool_connections=32,
                # Not every store knows the newer check sums; each upload is signed with its SHA-256 instead.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path" if self.endpoint else "auto", "payload_signing_enabled": True},
            )
            client = boto3.session.Session().client(
                "s3",
                endpoint_url=self.endpoint,
                region_name=self.region,
                aws_access_key_id=self.access_key,
                aws_secret_access_key=self.secret_key,
                config=config,
            )
            self._client = (os.getpid(), client)
        return client

"""Amazon S3, and what speaks like it."""

from __future__ import annotations

from functools import cache
from typing import Any

from integrations.connectors.files.addresses import check_url, resolver
from integrations.connectors.files.config import VENDOR, Config
from integrations.connectors.files.stores import extra
from integrations.errors import AuthError, ConfigError, IntegrationError, TransientError
from integrations.http import Wire

# Never made: the upload that asks whether we may write is given up at once.
_PROBE = ".segment-catalogue-check"


class S3:
    """See `integrations.connectors.files.objects.Service`."""

    def __init__(self, config: Config, wire: Wire) -> None:
        login = config.login
        if not login.access_key or not login.secret_key:
            raise ConfigError(
                "S3 needs the options access_key and secret_key, of a user that was made for this.",
                vendor=VENDOR,
            )
        if login.endpoint:
            check_url(login.endpoint, wire.private_hosts)
        s3fs = extra("s3fs", package="s3fs")
        self.files: Any = s3fs.S3FileSystem(
            session=_session(),
            key=login.access_key,
            secret=login.secret_key,
            endpoint_url=login.endpoint or None,
            client_kwargs={"region_name": login.region} if login.region else {},
            config_kwargs=_settings(config, wire),
            use_listings_cache=False,
            skip_instance_cache=True,
        )

    def kind_of(self, fault: BaseException) -> type[IntegrationError]:
        # s3fs makes these of AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch and the like.
        return AuthError if isinstance(fault, PermissionError) else TransientError

    async def check(self, bucket: str, prefix: str) -> None:
        under = f"{prefix}/" if prefix else ""
        call = self.files._call_s3
        await call("list_objects_v2", Bucket=bucket, Prefix=under, MaxKeys=1)
        begun = await call("create_multipart_upload", Bucket=bucket, Key=f"{under}{_PROBE}")
        await call(
            "abort_multipart_upload",
            Bucket=bucket,
            Key=f"{under}{_PROBE}",
            UploadId=begun["UploadId"],
        )


@cache
def _session() -> Any:
    """One for all: reading Amazon's descriptions of its services takes a second."""
    return extra("aiobotocore.session", package="s3fs").get_session()


def _settings(config: Config, wire: Wire) -> dict[str, Any]:
    """Of botocore: s3fs tries again by itself, and a call as a whole has its deadline."""
    settings: dict[str, Any] = {
        "connect_timeout": min(10.0, config.timeout),
        "read_timeout": min(30.0, config.timeout),
        "retries": {"max_attempts": 0},
        "connector_args": {"resolver": resolver(wire.private_hosts)},
    }
    if config.login.endpoint:
        # Others know buckets by path, and not all know Amazon's newest checksums.
        settings["s3"] = {"addressing_style": "path"}
        settings["request_checksum_calculation"] = "when_required"
        settings["response_checksum_validation"] = "when_required"
    return settings

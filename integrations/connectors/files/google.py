"""Google Cloud Storage."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from integrations.connectors.files.addresses import check_url, resolver
from integrations.connectors.files.config import VENDOR, Config
from integrations.connectors.files.stores import extra
from integrations.errors import AuthError, ConfigError, IntegrationError, TransientError
from integrations.http import Wire

SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
NEEDED = (
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.get",
    "storage.objects.list",
)


class GoogleStorage:
    """See `integrations.connectors.files.objects.Service`."""

    def __init__(self, config: Config, wire: Wire) -> None:
        login = config.login
        if login.endpoint:
            check_url(login.endpoint, wire.private_hosts)
        # Not gcsfs.GCSFileSystem: that may be another class, which asks by gRPC as well.
        files = extra("gcsfs.core", package="gcsfs").GCSFileSystem
        self.files: Any = files(
            project="",
            token=_token(config, wire),
            endpoint_url=login.endpoint or None,
            session_kwargs={"connector": _connections(wire)},
            consistency="md5",
            requests_timeout=_deadline(config.timeout),
            use_listings_cache=False,
            skip_instance_cache=True,
        )

    def kind_of(self, fault: BaseException) -> type[IntegrationError]:
        is_refused = getattr(fault, "code", None) in (401, "401")
        if is_refused or str(fault).startswith("Forbidden"):
            return AuthError
        return TransientError

    async def check(self, bucket: str, prefix: str) -> None:
        said = await self.files._call(
            "GET",
            "b/{}/iam/testPermissions",
            bucket,
            permissions=list(NEEDED),
            json_out=True,
        )
        given = said.get("permissions", [])
        lacking = [one for one in NEEDED if one not in given]
        if lacking:
            raise AuthError(
                f"The service account lacks {', '.join(lacking)} in the bucket {bucket}. Give it"
                " the role Storage Object User.",
                vendor=VENDOR,
            )


def _token(config: Config, wire: Wire) -> Any:
    """A token of the service account, got before anything else is asked."""
    accounts = extra("google.oauth2.service_account", package="gcsfs")
    asking = extra("google.auth.transport.requests", package="gcsfs")
    refused = extra("google.auth.exceptions", package="gcsfs")
    try:
        key = json.loads(config.login.service_account)
        _check_token_address(str(key["token_uri"]), config, wire)
        token = accounts.Credentials.from_service_account_info(key, scopes=[SCOPE])
    except (ValueError, TypeError, KeyError) as fault:
        raise ConfigError(
            "Google Cloud Storage needs the option service_account: the whole JSON key of a service"
            " account that was made for this.",
            vendor=VENDOR,
        ) from fault
    try:
        token.refresh(asking.Request())
    except refused.RefreshError as fault:
        raise AuthError("Google does not know the service account's key.", vendor=VENDOR) from fault
    except refused.GoogleAuthError as fault:
        raise TransientError("Google gave no token.", vendor=VENDOR) from fault
    return token


def _check_token_address(url: str, config: Config, wire: Wire) -> None:
    """The key says where it is proved: at Google, unless the store is somebody else's."""
    host = urlsplit(url).hostname or ""
    if not config.login.endpoint and not host.endswith(".googleapis.com"):
        raise ConfigError(f"The service account's token_uri leads to {host}.", vendor=VENDOR)
    check_url(url, wire.private_hosts)


def _connections(wire: Wire) -> Any:
    """aiohttp's pool, made in the loop that gcsfs runs in."""
    loops = extra("fsspec.asyn", package="fsspec")
    aiohttp = extra("aiohttp", package="aiohttp")

    async def made() -> Any:
        return aiohttp.TCPConnector(resolver=resolver(wire.private_hosts))

    return loops.sync(loops.get_loop(), made)


def _deadline(seconds: float) -> Any:
    return extra("aiohttp", package="aiohttp").ClientTimeout(total=seconds)

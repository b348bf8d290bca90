"""How we say who we are: with a token that lasts, or an OAuth app's that lasts half an hour."""

from __future__ import annotations

from integrations.connectors.hubspot.config import Config
from integrations.http import Transport, Wire
from integrations.tokens import BearerToken, RefreshedToken


def credentials_of(config: Config, wire: Wire) -> BearerToken:
    """What the options say: the token of a private app or service key where there is one."""
    if config.access_token:
        return BearerToken(config.access_token)
    return RefreshedToken(
        Transport(vendor="hubspot", base_url=config.url, wire=wire),
        "/oauth/v1/token",
        {
            "client_id": config.client_id,
            "client_secret": config.client_secret,
            "refresh_token": config.refresh_token,
        },
        secrets=(config.client_secret, config.refresh_token),
        refused="HubSpot gives no access token for this refresh token. Connect the OAuth app to the"
        " account again and give the new refresh token.",
    )

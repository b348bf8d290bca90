"""How we say who we are: with a user's API token, or with an OAuth app's that lasts an hour."""

from __future__ import annotations

from integrations.connectors.pipedrive.config import Config
from integrations.http import Credentials, Transport, Wire
from integrations.tokens import RefreshedToken


def credentials_of(config: Config, wire: Wire) -> Credentials:
    """What the options say: the user's token where there is one."""
    if config.api_token:
        return Credentials(header=("x-api-token", config.api_token), secrets=(config.api_token,))
    http = Transport(
        vendor="pipedrive",
        base_url=config.oauth_url,
        wire=wire,
        auth=(config.client_id, config.client_secret),
    )
    return RefreshedToken(
        http,
        "/oauth/token",
        {"refresh_token": config.refresh_token},
        secrets=(config.client_secret, config.refresh_token),
        refused="Pipedrive gives no access token for this refresh token. Connect the OAuth app to"
        " the company again and give the new refresh token.",
    )

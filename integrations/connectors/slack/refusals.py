"""What Slack's errors mean. Nearly all come with status 200 and `"ok": false`.

https://docs.slack.dev/reference/methods/usergroups.users.update, with the errors of every method
"""

from __future__ import annotations

from integrations.errors import (
    AuthError,
    ConfigError,
    IntegrationError,
    RateLimited,
    TransientError,
)
from integrations.http import DEFAULT_WAIT, Reply

# We are not let in, or not to that.
NOBODY = frozenset(
    {
        "access_denied",
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
FORBIDDEN = {
    "missing_scope": "the token lacks a scope that is needed",
    "no_permission": "the token's user may not do this",
    "not_allowed_token_type": "the token is of a kind that may not do this",
    "permission_denied": "the workspace lets only some people manage user groups: let everybody, "
    "or use the token of a user who may",
    "restricted_action": "a setting of the workspace forbids it",
}
UNFIT = {
    "paid_teams_only": "user groups need a paid plan",
    "plan_upgrade_required": "user groups need a paid plan",
    "target_team_must_be_specified_in_org_context": "the token is one of an organisation: say "
    "which workspace with the option team",
    "target_team_not_on_org": "the workspace of the option team is not in the token's organisation",
    "team_not_found": "there is no workspace with the id of the option team",
}
TROUBLED = frozenset(
    {
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "external_channel_migrating",
    }
)


def judge(reply: Reply) -> IntegrationError | None:
    """The error that ends a request whatever it asked; None for what its caller has to read."""
    error = error_of(reply)
    if error in NOBODY:
        return AuthError(f"Slack refuses our token: {error}.", **reply.story())
    if error in FORBIDDEN:
        return AuthError(f"Slack refuses: {FORBIDDEN[error]} ({error}).", **reply.story())
    if error in UNFIT:
        return ConfigError(f"Slack refuses: {UNFIT[error]} ({error}).", **reply.story())
    if error in TROUBLED:
        return TransientError(f"Slack has trouble of its own: {error}.", **reply.story())
    if error in ("ratelimited", "rate_limited") and reply.status == 200:
        return RateLimited(
            "Slack asks us to wait before the next request.",
            retry_after=DEFAULT_WAIT,
            **reply.story(),
        )
    return None


def error_of(reply: Reply) -> str:
    """The error that an answer names; blank where it names none."""
    if '"ok"' not in reply.text:
        return ""
    try:
        said = reply.json()
    except TransientError:
        return ""
    is_refusal = isinstance(said, dict) and said.get("ok") is False
    return str(said.get("error") or "") if is_refusal else ""

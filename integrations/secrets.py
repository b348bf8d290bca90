"""Secrets of tools, kept encrypted.

A secret is sealed together with the name of its destination and option, so that what is sealed for
one place opens nowhere else. The newest key of `settings.SECRETS_KEYS` seals, all of them open. To
change keys: put a new one first, run `manage.py destinations rotate-secrets`, drop the old one.

Nothing here says what a secret is: not in an error, not in a log, not in a `repr`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from integrations.errors import ConfigError

PURPOSE = b"segment catalogue: secrets of tools"


def seal(secret: str, *, destination: str, option: str) -> str:
    """The secret as it is stored, for this option of this destination and no other."""
    content = json.dumps([destination, option, secret])
    return MultiFernet(_keys()).encrypt(content.encode()).decode("ascii")


def unseal(sealed: str, *, destination: str, option: str) -> str:
    """The secret again. ConfigError when no key opens it, or when it was sealed for another
    place."""
    try:
        content = json.loads(MultiFernet(_keys()).decrypt(sealed.encode()))
    except (InvalidToken, ValueError):
        raise ConfigError(
            f"The stored {option} of {destination} cannot be opened: none of the keys in"
            " SECRETS_KEYS is the one it was stored with. Put that key back, or give the"
            f" {option} again."
        ) from None
    whose, which, secret = content
    if (whose, which) != (destination, option):
        raise ConfigError(
            f"The stored {option} of {destination} was stored for another tool and is not used."
            f" Give the {option} again."
        )
    return str(secret)


def is_current(sealed: str) -> bool:
    """Whether the newest key opens it, so that older ones are no longer needed for it."""
    try:
        _keys()[0].decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def _keys() -> list[Fernet]:
    texts: Sequence[str] | Callable[[], Sequence[str]] = settings.SECRETS_KEYS
    return [_key(text) for text in (texts() if callable(texts) else texts)]


def _key(text: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE)
    return Fernet(base64.urlsafe_b64encode(derived.derive(text.encode())))

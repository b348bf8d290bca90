"""One machine, no set-up: what `make run`, `make demo` and manage.py use."""

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import DATA_DIR

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY") or env.kept_secret(DATA_DIR / "secret-key")
SECRETS_KEYS = env.secrets_keys("SECRETS_KEYS") or env.kept_when_needed(DATA_DIR / "secrets-key")
FINGERPRINT_KEY = env.fingerprint_key("FINGERPRINT_KEY") or env.kept_when_needed(
    DATA_DIR / "fingerprint-key"
)
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", default=("localhost", "127.0.0.1", "[::1]"))

"""Behind a proxy that speaks HTTPS, with PostgreSQL and a Redis of its own."""

from config import env
from config.settings.base import *  # noqa: F403

DEBUG = False
SECRET_KEY = env.secret("SECRET_KEY") or env.required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.items("SECRET_KEY_FALLBACKS")
# Of the secrets of tools, newest first (integrations/secrets.py).
SECRETS_KEYS = env.secrets_keys("SECRETS_KEYS") or [env.required("SECRETS_KEYS")]
# What suppressed and erased people are recognised by; never changed (catalogue/fingerprints.py).
FINGERPRINT_KEY = env.fingerprint_key("FINGERPRINT_KEY") or env.required("FINGERPRINT_KEY")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS") or env.required("ALLOWED_HOSTS").split(",")
PUBLIC_URL = env.site("PUBLIC_URL", f"https://{ALLOWED_HOSTS[0].lstrip('.')}")
REDIS_URL = env.redis("REDIS_URL") or env.required("REDIS_URL")
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS if host != "*"]

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", default=True)
# Probes come from inside, over plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 31_536_000, minimum=0, maximum=63_072_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("HSTS_INCLUDE_SUBDOMAINS", default=False)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

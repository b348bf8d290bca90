"""Settings that hold everywhere. Importing them needs no Redis, no database and no folder."""

import tomllib
from pathlib import Path

from config import env
from config.settings.api import *  # noqa: F403
from config.settings.api import caches
from config.settings.budgets import *  # noqa: F403
from config.settings.retention import *  # noqa: F403
from config.unfold import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parents[2]
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")
LAKE_DIR = env.lake("WAREHOUSE_URL", DATA_DIR / "lake")
# A company's own warehouse instead of the lake, what it calls its tables, and how long a query may
# take there.
WAREHOUSE_URL = env.warehouse("WAREHOUSE_URL")
WAREHOUSE_MAPPING = env.file("WAREHOUSE_MAPPING")
WAREHOUSE_TIMEOUT_SECONDS = env.integer("WAREHOUSE_TIMEOUT_SECONDS", 600, minimum=1, maximum=86_400)
REDIS_URL = env.redis("REDIS_URL")
PORT = env.integer("PORT", 8000, minimum=1, maximum=65_535)
# How people reach the pages, for links in mails.
PUBLIC_URL = env.site("PUBLIC_URL", f"http://localhost:{PORT}")
# The zone of calendar days ("today", "this month") in definitions that name none.
WORKSPACE_TIME_ZONE = env.time_zone("WORKSPACE_TIME_ZONE")
# What going live asks for in a workspace that has not chosen (catalogue.segments.lifecycle); None:
# everything there is.
GATE_ASKS_FOR: list[str] | None = None

DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "catalogue.sqlite3")}
CACHES = caches(REDIS_URL)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "integrations",
    "catalogue",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "config.admin.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.policy.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "catalogue.web.frame.frame",
            ],
            "builtins": [
                "django.templatetags.static",
                "catalogue.web.tags",
                "catalogue.web.components.states",
                "catalogue.web.components.numbers",
                "catalogue.web.components.structure",
                "catalogue.web.components.wording",
                "catalogue.web.components.situations",
                "catalogue.web.components.forms",
            ],
        },
    }
]

AUTH_USER_MODEL = "catalogue.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# An e-mail address signs in as well as a user name.
AUTHENTICATION_BACKENDS = ["catalogue.web.sign_in.ByEmail"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
CSRF_FAILURE_VIEW = "catalogue.web.views.errors.csrf_failure"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = WORKSPACE_TIME_ZONE
USE_I18N = False
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
NUMBER_GROUPING = 3

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Everything comes from the house itself: no foreign scripts, styles, fonts or frames.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000

# Hosts inside this network (host or host:port) that connectors may speak to.
# Where all workers count what each tool is asked, so that together they keep to its rate; blank is
# in each process for itself.
RATE_LIMITS_URL = REDIS_URL.replace("unix://", "redis+unix://", 1)
PRIVATE_TOOL_HOSTS = env.items("PRIVATE_TOOL_HOSTS", ("localhost", "127.0.0.1", "::1"))
# How long a worker holds a tool's list; after a crash it is free again when this is over.
# How old the newest read-back of a list may be before it is read again though nothing is sent.
DRIFT_MINUTES = env.integer("DRIFT_MINUTES", 360, minimum=5, maximum=43_200)
# How long syncs and read-backs are kept, but for the newest of each list.
SYNC_DAYS = env.integer("SYNC_DAYS", 180, minimum=1, maximum=3_650)
SYNC_LEASE_SECONDS = env.integer("SYNC_LEASE_SECONDS", 300, minimum=60, maximum=3_600)
# How long a file of members is kept before it is deleted.
EXPORT_KEPT_HOURS = env.integer("EXPORT_KEPT_HOURS", 24, minimum=1, maximum=720)

# By when somebody whose erasure was asked for is erased everywhere; later, admins are told.
ERASURE_HOURS = env.integer("ERASURE_HOURS", 24, minimum=1, maximum=720)
# Files of the lake that an erasure replaced are deleted this long after: whoever reads is done.
ERASURE_READ_SECONDS = env.integer("ERASURE_READ_SECONDS", 60, minimum=0, maximum=3_600)

# How long a worker may finish what it is doing once asked to stop (config/celery.py).
WORKER_SOFT_SHUTDOWN_SECONDS = env.integer(
    "WORKER_SOFT_SHUTDOWN_SECONDS", 30, minimum=0, maximum=300
)

# Mails are printed unless a server is named.
globals().update(env.mail("EMAIL_URL", "consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "segment-catalogue@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname:<7} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    # Says of every connection to Spark that it ends.
    "loggers": {"py4j": {"level": "WARNING"}},
}

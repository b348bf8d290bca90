"""Tests: one SQLite file for each test process, or the database that DATABASE_URL names."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from config import env
from config.settings.api import caches
from config.settings.base import *  # noqa: F403

# A folder of its own, so that a test never meets what `make run` keeps.
DATA_DIR = Path(tempfile.mkdtemp(prefix="catalogue-test-"))
MADE_BY = os.getpid()


@atexit.register
def remove_data() -> None:
    """Leave nothing behind; a forked child leaves the folder to its parent."""
    if os.getpid() == MADE_BY:
        shutil.rmtree(DATA_DIR, ignore_errors=True)


LAKE_DIR = DATA_DIR / "lake"
WAREHOUSE_URL = WAREHOUSE_MAPPING = ""
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir()
REDIS_URL = ""
RATE_LIMITS_URL = ""
CACHES = caches(REDIS_URL)

DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "catalogue.sqlite3")}
if DATABASES["default"]["ENGINE"] == "config.sqlite":
    # A file, never memory: several processes and threads share it in the tests.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    # The test database is dropped at the end, which an idle kept connection would block.
    DATABASES["default"]["CONN_MAX_AGE"] = 0

DEBUG = False
# Tests of the gate ask for everything; all others make segments live that say little.
GATE_ASKS_FOR = []
SECRET_KEY = "only for tests"  # noqa: S105
SECRETS_KEYS = ["only for tests, and as long as a key has to be"]
FINGERPRINT_KEY = "only for tests, and as long as a key has to be"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING_CONFIG = None

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

REDIS = Path(sys.executable).parent / "redis-server"


@pytest.fixture
def redis_url(settings: Any) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="redis-", dir="/tmp") as folder:
        socket = Path(folder) / "redis.sock"
        server = subprocess.Popen(
            [REDIS, "--port", "0", "--unixsocket", socket, "--dir", folder, "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while not socket.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        settings.REDIS_URL = f"unix://{socket}"
        yield settings.REDIS_URL
        server.terminate()
        server.wait()


@pytest.mark.both_databases
@pytest.mark.django_db
def test_ready_means_that_database_lake_and_queue_answer(client: Client, redis_url: str) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {name: {"ok": True, "problem": None} for name in ("database", "lake", "redis")},
    }


@pytest.mark.django_db
def test_without_redis_it_is_alive_but_not_ready(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert checks["database"]["ok"]
    assert checks["redis"]["problem"].startswith("Redis does not answer: ")
    assert client.get("/livez").status_code == 200


@pytest.mark.django_db
def test_a_missing_migration_is_not_ready(client: Client, redis_url: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    problem = "1 migrations are missing. Run manage.py migrate."
    assert answer.json()["checks"]["database"]["problem"] == problem


@pytest.mark.django_db
def test_a_lake_that_is_no_folder_is_not_ready(
    client: Client, redis_url: str, settings: Any
) -> None:
    settings.LAKE_DIR.parent.mkdir(parents=True)
    settings.LAKE_DIR.write_text("not a folder")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "The lake cannot be read" in answer.json()["checks"]["lake"]["problem"]


def test_alive_asks_nothing_of_the_database(client: Client) -> None:
    # Without the django_db mark any query fails.
    assert client.get("/livez").content == b"alive\n"

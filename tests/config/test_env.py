import subprocess
import sys
from pathlib import Path

import pytest

from config import env

REFUSED = [
    ("PORT", "eighty"),
    ("PORT", "0"),
    ("PORT", "70000"),
    ("DATABASE_URL", "mysql://localhost/catalogue"),
    ("DATABASE_URL", "sqlite://:memory:"),
    ("REDIS_URL", "http://localhost:6379"),
    ("WAREHOUSE_URL", "snowflake://account/db"),
    ("WAREHOUSE_MAPPING", "/nowhere/mapping.toml"),
    ("EMAIL_URL", "pigeon://roof"),
    ("PUBLIC_URL", "segments.example.com"),
    ("WORKSPACE_TIME_ZONE", "Mars/Olympus"),
    ("DEBUG", "perhaps"),
    ("DATA_DIR", "pyproject.toml"),
    ("SECRET_KEY_FILE", "/nowhere/secret"),
    ("SECRETS_KEYS", "long enough to be one, and, short"),
    ("WORKER_SOFT_SHUTDOWN_SECONDS", "-1"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_wrong_value_stops_the_start_with_a_sentence_naming_the_variable(
    child_env: dict[str, str], name: str, value: str
) -> None:
    environment = {**child_env, name: value}
    if name == "SECRET_KEY_FILE":
        del environment["SECRET_KEY"]

    done = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environment, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"The environment variable {name} ")
    assert len(done.stderr.splitlines()) == 1


PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRETS_KEYS": "only-for-tests-and-as-long-as-a-key-has-to-be",
    "FINGERPRINT_KEY": "another-one-that-is-as-long-as-a-key-has-to-be",
    "ALLOWED_HOSTS": "catalogue.example",
    "REDIS_URL": "redis://localhost:6379/0",
}


def check_in_production(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "manage.py", "check"]
    return subprocess.run(run, env=environment, capture_output=True, text=True)


def test_production_starts_with_all_that_it_needs(child_env: dict[str, str]) -> None:
    assert check_in_production({**child_env, **PRODUCTION}).returncode == 0


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "SECRETS_KEYS", "FINGERPRINT_KEY", "ALLOWED_HOSTS", "REDIS_URL"]
)
def test_production_does_not_start_without(child_env: dict[str, str], name: str) -> None:
    incomplete = {**child_env, **PRODUCTION}
    del incomplete[name]
    done = check_in_production(incomplete)

    assert done.returncode != 0
    assert f"The environment variable {name} is not set" in done.stderr


def test_commands_without_data_leave_no_folder_behind(
    child_env: dict[str, str], own_data: Path
) -> None:
    del child_env["SECRET_KEY"]

    done = subprocess.run([sys.executable, "manage.py", "check"], env=child_env, check=False)

    assert done.returncode == 0
    assert not own_data.exists()


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    assert env.secret("SECRET_KEY") == "from the file"


def test_a_kept_secret_is_made_once_and_readable_by_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"

    first, second = env.kept_secret(path), env.kept_secret(path)

    assert first == second
    assert len(first) > 40
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_that_locks_something_is_kept_where_others_find_it(tmp_path: Path) -> None:
    keys = env.kept_when_needed(tmp_path / "data" / "secrets-key")
    assert not (tmp_path / "data").exists()

    (first,) = keys()

    assert (tmp_path / "data" / "secrets-key").read_text() == first
    assert env.kept_when_needed(tmp_path / "data" / "secrets-key")() == [first]


def test_keys_are_read_newest_first_from_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    new, old = "n" * 40, "o" * 40
    monkeypatch.setenv("SECRETS_KEYS", f"{new}, {old}")
    assert env.secrets_keys("SECRETS_KEYS") == [new, old]


def test_sqlite_waits_for_its_turn_and_locks_when_a_transaction_begins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    settings = env.database("DATABASE_URL", tmp_path / "catalogue.sqlite3")

    assert settings["NAME"] == str(tmp_path / "catalogue.sqlite3")
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert settings["OPTIONS"]["timeout"] == 20


def test_a_socket_of_redis_may_be_written_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for written in ("unix:///run/redis.sock", "redis+socket:///run/redis.sock"):
        monkeypatch.setenv("REDIS_URL", written)
        assert env.redis("REDIS_URL") == "unix:///run/redis.sock"

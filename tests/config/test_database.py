import subprocess
import sys

import pytest
from django.contrib.auth import get_user_model
from django.db import connection


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_another_process_sees_what_a_test_has_committed(child_env: dict[str, str]) -> None:
    get_user_model().objects.create_user("mia")
    count = "from django.contrib.auth import get_user_model as u; print(u().objects.count())"

    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", count],
        env=child_env,
        capture_output=True,
        text=True,
    )

    assert (done.stdout.strip(), done.stderr) == ("1", "")


@pytest.mark.both_databases
@pytest.mark.django_db
def test_the_database_is_set_up_for_several_processes() -> None:
    asked = "PRAGMA journal_mode" if connection.vendor == "sqlite" else "SHOW lock_timeout"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        (answer,) = cursor.fetchone()

    assert answer == {"sqlite": "wal", "postgresql": "3s"}[connection.vendor]

"""How tests are run, and what every test may ask for.

Database. `make test` runs everything on SQLite (a file for each worker, never memory), and then
everything marked `both_databases` once more on a real PostgreSQL:

    pytest tests/catalogue/membership                                    SQLite
    pytest tests/catalogue/membership --database postgres -m both_databases

Mark whatever rests on transactions, constraints, leases or the database's clock:

    @pytest.mark.both_databases
    @pytest.mark.django_db(transaction=True)      # real commits, as other processes see them
    def test_two_workers_cannot_publish_the_same_version(child_env): ...

`child_env` is the environment for a child process: it then uses this test's database and lake.
`postgres` is the address of a PostgreSQL for a test that needs one beside its own database.

Lake. Every test has an empty one of its own: read `settings.LAKE_DIR` when you need it.

Groups. A test that needs more than the locked packages carries the mark of its group (MORE below).
`make test` leaves it out and says so; `make test-more` runs it.
"""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from _pytest.nodeid import NodeId
from django.conf import settings as django_settings

from config.settings.test import remove_data
from tests.integrations.contract.table import table

# Groups of `make test-more`, and what each needs.
MORE = {
    "chromium": "Debian's chromium",
    "schemathesis": "some minutes: requests to every path of the API, with keys of three kinds",
    "generated": "some minutes: the rest of the generated definitions, on all engines",
    "clickhouse": "some minutes: specs, definitions, a warehouse on embedded ClickHouse",
    "spark": "a JDK 17, requirements/spark.txt, ten minutes: specs, a warehouse on Spark",
    "faults": "some minutes: three hundred faults over all connectors (make faults: 3,000)",
    "long": "some minutes: all of the rights table, admin pages, demo workspace, simulations",
}
LEFT_OUT = pytest.StashKey[Counter[str]]()
ROOT = Path(__file__).parents[1]
# What a test of the contract says it has shown: connector|scenario|done, or why it does not apply.
CONTRACT = "contract"


# The same cases every time, so that a red run means a changed product; `make fuzz` looks for new
# ones. No deadlines: a slow machine is no fault of the code.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
if not os.environ.get("HYPOTHESIS_EXAMPLES"):
    hypothesis.settings.load_profile("repeatable")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = Counter()
    for group, need in MORE.items():
        config.addinivalue_line("markers", f"{group}: part of make test-more, needs {need}")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    # Before all others, so that `-m "not more"` sees the mark.
    for item in items:
        for group in MORE:
            if item.get_closest_marker(group):
                item.add_marker(pytest.mark.more)
                config.stash[LEFT_OUT][group] += 1
    yield
    # pytest-xdist 3.8 writes the name of a test's group where pytest 9.2 no longer reads it, and
    # then spreads the group over all workers (pytest-dev/pytest-xdist#1386).
    for item in items:
        if named := vars(item).get("_nodeid"):
            item._id = NodeId.parse(named)


def pytest_collection_finish() -> None:
    # Ibis makes very many small objects; without looking through all that is imported by now
    # whenever some of them are collected, its tests take a fifth less time.
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = dict(session.config.stash[LEFT_OUT])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    # Every worker collects everything, so any one of them knows.
    node.config.stash[LEFT_OUT] = Counter(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    left_out = config.stash[LEFT_OUT]
    if left_out and "not more" in (config.getoption("markexpr") or ""):
        counts = ", ".join(f"{count} {group}" for group, count in sorted(left_out.items()))
        terminalreporter.write_line(f"left for make test-more: {counts}")
    passed = terminalreporter.getreports("passed")
    said = [text for report in passed for name, text in report.user_properties if name == CONTRACT]
    if said:
        terminalreporter.section("the contract, tried on every connector")
        for line in table(said):
            terminalreporter.write_line(line)


def pytest_unconfigure() -> None:
    gc.unfreeze()
    # Workers of xdist end without their exit handlers.
    if django_settings.configured:
        remove_data()


@pytest.fixture(autouse=True)
def own_data(settings: Any, tmp_path: Path) -> Path:
    """An empty DATA_DIR and lake for this test alone; made by whoever writes first."""
    settings.DATA_DIR = tmp_path / "data"
    settings.LAKE_DIR = settings.DATA_DIR / "lake"
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    """No test knows what another one read or published."""
    from catalogue.membership.gathered_before import READ
    from catalogue.membership.known_members import forget_published

    READ.clear()
    forget_published()


@pytest.fixture
def child_env(own_data: Path) -> dict[str, str]:
    """The environment of a child process that shares this test's database and lake.

    The test must be marked `django_db(transaction=True)`, or the child sees nothing of it.
    The child uses config.settings.dev: it is a real process of the product."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": database_address(django_settings.DATABASES["default"]),
        "DATA_DIR": str(own_data),
        "WAREHOUSE_URL": f"lake://{own_data / 'lake'}",
        "SECRET_KEY": "only for tests",
        "PYTHONPATH": str(ROOT),
    }


def database_address(database: dict[str, Any]) -> str:
    """DATABASE_URL of the test database in use."""
    if database["ENGINE"] == "config.sqlite":
        return f"sqlite:///{database['NAME']}"
    host = database["OPTIONS"].get("host") or database["HOST"]
    return f"postgresql://{database['USER']}:@/{database['NAME']}?host={host}"

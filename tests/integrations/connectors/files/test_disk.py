"""A full disk and a killed writer: the file is the one before or the one after."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.connectors.files.client import FileDrop, safe_name
from integrations.connectors.files.config import Config, Place
from integrations.connectors.files.disk import Disk
from integrations.connectors.files.table import Table
from integrations.models import Audience
from tests.integrations.ground import destination, live_segment, make_customers, publish, sync
from tests.zygote import Zygote

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[4]
FULL_DISK = """
import resource, signal, sys
from integrations.connectors.files.client import FileDrop
from integrations.connectors.files.config import Config
from integrations.errors import TransientError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
from integrations.connectors.files.config import Place
from integrations.connectors.files.disk import Disk
from integrations.connectors.files.table import Table
config = Config(place=Place(path=sys.argv[1]))
drop = FileDrop(Disk(config), config)
try:
    drop.write("risk", Table(rows={f"customer-{number}": () for number in range(5_000)}))
except TransientError as fault:
    print(fault.sentence)
"""


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    make_customers([f"customer-{number:050}" for number in range(100)])
    destination("drop", "files", {"directory": folder})
    return folder


@pytest.fixture
def zygote(child_env: dict[str, str]) -> Iterator[Zygote]:
    with Zygote(child_env) as running:
        yield running


def drop_in(folder: Path) -> FileDrop:
    config = Config(place=Place(path=str(folder)))
    return FileDrop(Disk(config), config)


def rows(*identities: str) -> Table:
    return Table(rows=dict.fromkeys(identities, ()))


def ids(count: int) -> list[str]:
    return [f"customer-{number:050}" for number in range(count)]


def test_a_full_disk_leaves_the_former_file_and_a_sentence(tmp_path: Path) -> None:
    drop_in(tmp_path).write("risk", rows("former"))
    former = (tmp_path / "risk.csv").read_bytes()

    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, cwd=ROOT
    )

    assert "could not be read or written: File too large." in done.stdout, done.stderr
    assert (tmp_path / "risk.csv").read_bytes() == former
    assert [path.name for path in tmp_path.iterdir()] == ["risk.csv"]


def test_who_reads_while_we_write_reads_one_whole_file(tmp_path: Path) -> None:
    drop = drop_in(tmp_path)
    drop.write("risk", rows("a", "b"))
    with (tmp_path / "risk.csv").open() as reader:
        drop.write("risk", rows("c"))
        assert reader.read() == "customer_id\na\nb\n"
    assert (tmp_path / "risk.csv").read_text() == "customer_id\nc\n"
    assert [path.name for path in tmp_path.iterdir()] == ["risk.csv"]


@pytest.mark.long
def test_a_writer_killed_anywhere_leaves_a_whole_file(drop: Path, zygote: Zygote) -> None:
    segment = live_segment("risk", to="drop")
    publish(segment, ids(1))
    sync("risk")
    killed, was_killed = 0, True
    while was_killed:
        size = killed + 2
        publish(segment, ids(size))
        was_killed = zygote.run("sync", crash_at=killed + 1).was_killed
        lines = (drop / "risk.csv").read_text().splitlines()[1:]
        assert set(ids(1)) <= set(lines) <= set(ids(size))
        Audience.objects.update(lease_expires_at=None)
        assert sync("risk").run.state == "succeeded"
        manifest = json.loads((drop / "risk.manifest.json").read_text())
        data = (drop / "risk.csv").read_bytes()
        assert manifest["sha256"] == hashlib.sha256(data).hexdigest()
        assert (manifest["count"], manifest["complete"]) == (size, True)
        killed += was_killed
    assert killed >= 10


def test_a_directory_that_is_gone_stops_the_sync_with_a_sentence(drop: Path) -> None:
    publish(live_segment("risk", to="drop"), ids(3))
    drop.rmdir()

    run = sync("risk").run

    assert run.state == "stopped"
    assert "does not exist" in run.sentence


def test_a_file_that_is_no_csv_any_more_stops_the_sync_with_a_sentence(drop: Path) -> None:
    segment = live_segment("risk", to="drop")
    publish(segment, ids(3))
    sync("risk")
    (drop / "risk.csv").write_bytes(b"\xff\xfe\x00")
    publish(segment, ids(4))

    run = sync("risk").run

    assert run.state == "stopped"
    assert "--recreate" in run.sentence
    assert (drop / "risk.csv").read_bytes() == b"\xff\xfe\x00", "nothing of others is overwritten"


def test_names_never_leave_the_directory_and_never_share_a_file() -> None:
    names = ["../../etc/passwd", "a/b", "a%2fb", "a b", "a.b", "", "ü", "u", "x" * 300, "x" * 301]
    safe = [safe_name(name) for name in names]
    assert len(set(safe)) == len(names)
    assert all("/" not in name and "." not in name and len(name) < 230 for name in safe)

"""A real Apache Spark cluster on this machine: a master and two workers, on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

DEPLOY = "org.apache.spark.deploy"
LOOPBACK = ("--host", "127.0.0.1", "--webui-port", "0")


@contextmanager
def spark_cluster(folder: Path) -> Iterator[str]:
    """The address of a master with two workers; what they write goes into the folder."""
    with ExitStack() as parts:
        address = parts.enter_context(
            _started(
                f"{DEPLOY}.master.Master", *LOOPBACK, "--port", "0",
                says=r"Starting Spark master at (spark://\S+)", log=folder / "master",
            )
        )  # fmt: skip
        for worker in ("one", "two"):
            work = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"of {worker}"))
            parts.enter_context(
                _started(
                    f"{DEPLOY}.worker.Worker", *LOOPBACK, *work, address,
                    says="Successfully (registered) with master", log=folder / worker,
                )
            )  # fmt: skip
        yield address


@contextmanager
def _started(*command: str, says: str, log: Path) -> Iterator[str]:
    """A part of Spark on this machine; what the pattern finds in its log."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(home / "bin" / "spark-class"), *command], env=environment, stdout=out, stderr=out
        )
    try:
        yield _awaited(says, log)
    finally:
        process.terminate()
        process.wait(30)


def _awaited(says: str, log: Path) -> str:
    for _ in range(1200):
        found = re.search(says, log.read_text(errors="replace"))
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"Spark did not say {says}: {log.read_text(errors='replace')}")

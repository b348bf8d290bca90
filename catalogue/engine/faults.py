"""What goes wrong in a back end, in the engine's terms and in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import psycopg

from catalogue.definitions.errors import Code, refuse
from catalogue.engine.inputs import ScanFailed, Stopped
from catalogue.engine.out_of_memory import out_of_memory
from catalogue.warehouse.company.errors import Interrupted, OutOfTime, WarehouseError
from catalogue.warehouse.postgres import is_timeout

OUT_OF_TIME = (
    "judging it took the company's warehouse longer than a query may take"
    " (WAREHOUSE_TIMEOUT_SECONDS); narrow its window or its `where`"
)
UNCHANGED = "What was published before is unchanged."


@contextmanager
def told() -> Iterator[None]:
    """Raises DefinitionError `too_expensive` for what costs too much, Stopped for what somebody
    interrupted, else ScanFailed."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise out_of_memory(error) from error
    except duckdb.InterruptException as error:
        raise Stopped("a scan was interrupted") from error
    except psycopg.errors.QueryCanceled as error:
        if is_timeout(error):
            raise refuse(Code.TOO_EXPENSIVE, OUT_OF_TIME) from error
        raise Stopped("a scan was interrupted") from error
    except duckdb.Error as fault:
        raise ScanFailed(
            f"The stored customers and events could not be read: {_first_line(fault)}. {UNCHANGED}"
            " Look at the files of the lake, then refresh again."
        ) from fault
    except psycopg.Error as fault:
        raise ScanFailed(
            f"The company's warehouse could not be read: {_first_line(fault)}. {UNCHANGED} Ask it"
            " with manage.py warehouse check, then refresh again."
        ) from fault
    except OutOfTime as error:
        raise refuse(Code.TOO_EXPENSIVE, OUT_OF_TIME) from error
    except Interrupted as error:
        raise Stopped("a scan was interrupted") from error
    except WarehouseError as fault:
        raise ScanFailed(f"{fault} {UNCHANGED}") from fault


def _first_line(fault: Exception) -> str:
    return str(fault).partition("\n")[0]  # below it stands our query

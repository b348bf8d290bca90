"""How long judging all segments of a demo workspace takes, against two peers in the same process on
the same tables of the same DuckDB: one hand-written query per segment, and a bare scan that only
reads the columns these segments need. Members are compared: a peer with other members stops it."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
if TYPE_CHECKING:
    from catalogue.engine.inputs import SegmentInput
    from catalogue.warehouse.tables import Tables

IS_SMALL = os.environ.get("SIZE", "small") == "small"
TIMES = 5 if IS_SMALL else 15
CDNOW_NOW = datetime(1998, 7, 1, tzinfo=UTC)
FIELDNOTE_NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

BIG = """select ordinal from order_paid where t between {now} - interval 12 month and {now}
    group by ordinal having sum("number_of_cds.number") >= 5 * count(*)
    or max("number_of_cds.number") >= 15"""
DOLLARS = 'sum(try_cast("dollar_value.text" as decimal(18, 6)))'
CDNOW = {
    "loyal-buyers": """select ordinal from order_paid
        where t between {now} - interval 365 day and {now}
        group by ordinal having count(*) >= 2""",
    "recent-repeat-buyers": """select ordinal from order_paid
        where t between {now} - interval 180 day and {now}
        group by ordinal having count(*) >= 2""",
    "high-spenders": f"""select ordinal from order_paid
        where t between {{now}} - interval 12 month and {{now}}
        group by ordinal having {DOLLARS} > 300""",
    "lapsed-buyers": """select ordinal from order_paid where t <= {now}
        group by ordinal having max(t) < {now} - interval 1 year""",
    "one-order-from-winter-1997": """select ordinal from order_paid where t <= {now}
        group by ordinal having count(*) = 1
        and min(t) >= timestamp '1997-01-01' and min(t) < timestamp '1997-04-01'""",
    "big-baskets": BIG,
    "good-buyers-gone-quiet": f"""select ordinal from order_paid
        where t between {{now}} - interval 365 day and {{now}}
        group by ordinal having {DOLLARS} >= 200
        intersect select ordinal from order_paid where t <= {{now}} group by ordinal
        having max(t) between {{now}} - interval 270 day and {{now}} - interval 90 day
        except ({BIG})""",
}
UNHAPPY = """select ordinal from trait_survey_support_satisfaction where number <= 2
    intersect select ordinal from ticket_opened
    where t between {now} - interval 60 day and {now}"""
FIELDNOTE = {
    "trial-ending-unengaged": """select ordinal from trait_subscription_status
        where text = 'trialing'
        intersect select ordinal from trait_trial_ends_at
        where instant > {now} and instant <= {now} + interval 12 day
        except select ordinal from payment_method_added where t <= {now}
        except select ordinal from project_created
        where t between {now} - interval 7 day and {now}""",
    "checkout-left": """select ordinal from checkout_started
        where t between {now} - interval 14 day and {now}
        except select ordinal from order_paid
        where t between {now} - interval 14 day and {now}
        and "item.text" is distinct from 'renewal'""",
    "power-users-free": """select ordinal from trait_plan where text = 'free'
        intersect select ordinal from trait_subscription_status
        where text is distinct from 'cancelled'
        intersect select ordinal from app_opened
        where t between {now} - interval 28 day and {now}
        group by ordinal having count(*) >= 12""",
    "api-builders": """select ordinal from trait_integrations
        where list_has_any(json::varchar[], ['webhook', 'zapier'])
        intersect select ordinal from api_called
        where t between {now} - interval 30 day and {now}
        group by ordinal having sum("calls.number") > 500""",
    "champions-gone-quiet": """select ordinal from trait_role where text in ('owner', 'admin')
        intersect select ordinal from trait_subscription_status
        where text in ('active', 'past_due')
        intersect select ordinal from app_opened where t <= {now} group by ordinal
        having max(t) between {now} - interval 90 day and {now} - interval 10 day""",
    "unhappy-with-support": UNHAPPY,
    "team-full": f"""select ordinal from trait_plan where text in ('starter', 'pro', 'business')
        intersect select ordinal from trait_seat_usage where number >= 90
        intersect select ordinal from invite_sent
        where t between {{now}} - interval 60 day and {{now}}
        except ({UNHAPPY})""",
    "midsize-dach-leads": """select ordinal from trait_country where text in ('DE', 'AT', 'CH')
        intersect select ordinal from trait_company_size where text in ('51-200', '201-1000')
        intersect select ordinal from trait_plan where text in ('free', 'starter')
        except select ordinal from trait_industry where text = 'public sector'""",
}
QUERIES = {"cdnow": CDNOW, "fieldnote": FIELDNOTE}
# What the segments read: the columns of events, and the traits with their kinds.
READS: dict[str, tuple[dict[str, tuple[str, ...]], dict[str, str]]] = {
    "cdnow": ({"order_paid": ("number_of_cds.number", "dollar_value.text")}, {}),
    "fieldnote": (
        {
            "api_called": ("calls.number",),
            "app_opened": (),
            "checkout_started": (),
            "invite_sent": (),
            "order_paid": ("item.text",),
            "payment_method_added": (),
            "project_created": (),
            "ticket_opened": (),
        },
        {
            "company_size": "text",
            "country": "text",
            "industry": "text",
            "integrations": "json",
            "plan": "text",
            "role": "text",
            "seat_usage": "number",
            "subscription_status": "text",
            "survey_support_satisfaction": "number",
            "trial_ends_at": "instant",
        },
    ),
}


def main() -> None:
    """Two JSON lines for each workspace (SIZE=small: the first), each in a process of its own."""
    for name in list(QUERIES)[: 1 if IS_SMALL else None]:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, name, folder]
            subprocess.run(command, cwd=ROOT, check=True)


def measure(name: str, folder: Path) -> None:
    """Load a workspace and print what judging its segments takes."""
    from demo.cdnow.workspace import open_workspace

    open_workspace(folder)
    now = load_cdnow(folder) if name == "cdnow" else load_fieldnote()
    from catalogue.engine.evaluate import evaluate
    from catalogue.warehouse import photos
    from tests.benchmarks.ground.rows import Row, line_of

    photo = photos.newest_photo()
    assert photo is not None
    tables, segments = photos.open_photo(photo), segments_of(name)
    rows = show_tables(tables, name, now)
    queries = [QUERIES[name][key].format(now=literal(now)) for key in segments]
    scans = list(bare_scans(name))

    def refresh() -> list[set[int]]:
        found = evaluate(segments, tables, now=now).outcomes
        return [set(found[key].members) for key in segments]  # type: ignore[union-attr]

    def one_by_one() -> list[set[int]]:
        return [ordinals(tables, query) for query in queries]

    for key, ours, theirs in zip(segments, refresh(), one_by_one(), strict=True):
        assert ours == theirs, f"{key}: {len(ours)} members here, {len(theirs)} by its query"
    ran = compare(
        {
            "refresh": lambda: evaluate(segments, tables, now=now),
            "query_per_segment": lambda: [run(tables, query) for query in queries],
            "bare_scan": lambda: [run(tables, scan) for scan in scans],
        }
    )
    what = f"judging {len(segments)} segments of the demo workspace {name}, {rows} rows"
    for against in ("query_per_segment", "bare_scan"):
        beside = against.replace("_", " ")
        is_slower = against == "bare_scan"
        row = Row(measure=what, figure="", unit="ms", beside=beside, is_slower=is_slower)
        print(line_of(row, ran["refresh"], ran[against]).json(), flush=True)


def compare(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median milliseconds of each, taken in turns so that a busy moment hits all alike."""
    took: dict[str, list[float]] = {what: [] for what in ways}
    for _ in range(TIMES):
        for what, way in ways.items():
            start = time.perf_counter()
            way()
            took[what].append((time.perf_counter() - start) * 1000)
    return {what: statistics.median(times) for what, times in took.items()}


def load_cdnow(folder: Path) -> datetime:
    from demo.cdnow.main_job import Job

    Job(folder=folder, quick=True).collect()
    return CDNOW_NOW


def load_fieldnote() -> datetime:
    from catalogue.management.demo_workspace.exports import exports, invent
    from catalogue.management.demo_workspace.loading import load_exports
    from catalogue.management.demo_workspace.span import Span

    load_exports(exports(invent(Span(now=FIELDNOTE_NOW))), now=FIELDNOTE_NOW)
    return FIELDNOTE_NOW


def segments_of(name: str) -> dict[str, SegmentInput]:
    from catalogue.definitions.documents import read_yaml
    from catalogue.definitions.parse import parse_definition
    from catalogue.engine.inputs import SegmentInput

    files = sorted((ROOT / "demo" / name / "segments").glob("*/*.yaml"))
    documents = [read_yaml(file.read_text(encoding="utf-8"))[0].data for file in files]
    return {
        document["key"]: SegmentInput(definition=parse_definition(document["definition"]))
        for document in documents
    }


def show_tables(tables: Tables, name: str, now: datetime) -> int:
    """Give events and newest trait values plain names for the queries; the number of their rows."""
    import ibis

    events, traits = READS[name]
    for event in events:
        found = tables.events(event)
        assert found is not None
        show(tables, event, str(ibis.to_sql(found.table)))
    for trait in traits:
        changes = tables.trait_changes(trait)
        assert changes is not None
        show(tables, f"changes_{trait}", str(ibis.to_sql(changes.table)))
        newest = "row_number() over (partition by ordinal order by t desc, sequence desc) = 1"
        source = f"select * from changes_{trait} where t <= {literal(now)} qualify {newest}"
        run(tables, f"create temp view trait_{trait} as {source}")
    names = [*events, *(f"changes_{trait}" for trait in traits)]
    return sum(run(tables, f"select count(*) n from {one}")["n"][0].as_py() for one in names)


def show(tables: Tables, name: str, source: str) -> None:
    # `at` is a keyword of DuckDB's.
    view = f'select * exclude ("at"), "at" as t from ({source})'
    run(tables, f"create temp view {name} as {view}")


def bare_scans(name: str) -> Iterator[str]:
    """Queries that read every value the segments need (a maximum could be had from statistics), and
    do nothing else with them."""
    events, traits = READS[name]
    for event, columns in events.items():
        yield f"select {touch('ordinal', 't', *columns)} from {event}"
    for trait, kind in traits.items():
        yield f"select {touch('ordinal', 't', 'sequence', kind)} from changes_{trait}"


def touch(*columns: str) -> str:
    return ", ".join(f'bit_xor(hash("{column}"))' for column in columns)


def literal(now: datetime) -> str:
    return f"timestamp '{now:%Y-%m-%d %H:%M:%S}'"


def run(tables: Tables, sql: str) -> Any:
    """The answer as an Arrow table; none to a statement that has no answer."""
    found = tables.connection.con.sql(sql)  # type: ignore[attr-defined]
    return None if found is None else found.to_arrow_table()


def ordinals(tables: Tables, query: str) -> set[int]:
    return set(run(tables, query)["ordinal"].to_pylist())


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1], Path(sys.argv[2]))
    else:
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
        main()

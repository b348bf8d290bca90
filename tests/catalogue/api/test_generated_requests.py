"""Generated requests to every path of the API, right and wrong ones, with keys of three kinds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from catalogue.experiments.planning import plan_experiment, prepare
from catalogue.experiments.rollouts import roll_out
from catalogue.experiments.running import start_experiment
from catalogue.ideas.writing import Said, add_idea
from catalogue.lint.keeping import look_at_everything
from catalogue.models import (
    DiscoveredGroup,
    Discovery,
    Experiment,
    Metric,
    Scope,
    Segment,
    Survey,
)
from catalogue.privacy.erasing.asking import request_erasure
from catalogue.segments.documents import token_of
from catalogue.segments.editing import save_draft
from integrations.models import Audience, Destination, DriftReport, SyncRun
from integrations.sync.destinations import save_destination
from tests.catalogue.api.asking import key_text
from tests.catalogue.api.generated_names import defaults
from tests.catalogue.api.good_requests import GOOD, GOOD_BY_KEY, TRIAL
from tests.catalogue.privacy.ground import stop
from tests.catalogue.segments.ground import FREE, PROS, changed, live_segment, seat
from tests.catalogue.workspace import NOW, add_accounts, refresh
from tests.rights.ground import GROUP

pytestmark = [pytest.mark.django_db, pytest.mark.schemathesis]
PORTIONS = 4  # so that two cores share the work
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
KEYS = {
    "everything": tuple(Scope.values),
    "reading": (Scope.SEGMENTS_READ, Scope.DESTINATIONS_READ),
    "no members": tuple(scope for scope in Scope.values if not scope.startswith("members:")),
}
# What is for site admins who are signed in.
FOR_NO_KEY = {"workspace_update"}
FEW = how(
    max_examples=20,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    deadline=None,
    derandomize=True,
    database=None,
)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A real server closes its connection after a request; here it is the test's own."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens here has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def build(folder: Path) -> int:
    """A workspace in which every operation can succeed; the number of a run."""
    live_segment(sync=[{"to": "drop"}], messages={"sales": "Hello."})
    add_accounts()
    twice = Segment.objects.get(key="pros")
    run = refresh("pros")
    Metric.objects.create(key="logins", name="Logins", definition={"mean": {"count": "login"}})
    _second_version("twice")
    refresh("twice")
    _second_version("spare")
    look_at_everything(now=NOW)
    save_draft(
        key="pros",
        document=changed(twice, definition=FREE),
        token=token_of(Segment.objects.get(key="pros")),
        by=None,
        via="command",
    )
    save_destination(key="drop", connector="files", options={"directory": str(folder)})
    audience = Audience.objects.create(
        destination=Destination.objects.get(), segment_key="pros", name="pros", version=1
    )
    # One that is paused, and that the brake holds.
    Audience.objects.create(
        destination=audience.destination,
        segment_key="twice",
        name="twice",
        braked_at_version=1,
        paused_reason="Mia: not now.",
    )
    DriftReport.objects.create(audience=audience, as_of=NOW, version=1, held=2, expected=2)
    SyncRun.objects.create(
        audience=audience, actor="scheduler", fence=1, to_version=1, started_at=NOW
    )
    _try_things()
    stop("nobody-we-know")
    request_erasure(customer_id="bob", reason="Letter.", now=NOW, by=None, via="command")
    _research()
    seat("mia")
    for title in ("Call before the trial ends", "Send a mail"):
        add_idea(said=Said(title=title, team="growth"), by=None, via="command", now=NOW)
    return run.pk


def _try_things() -> None:
    """A draft, one that runs, and one that was adopted and is rolled out."""
    draft, running, adopted = (
        plan_experiment(prepared=prepare(document=TRIAL, by=None), by=None, via="command")
        for _ in range(3)
    )
    for one in (running, adopted):
        start_experiment(
            experiment=one, smaller_because="There are no more.", now=NOW, by=None, via="command"
        )
    Experiment.objects.filter(pk=adopted.pk).update(state="decided", decision="adopt")
    adopted.refresh_from_db()
    roll_out(experiment=adopted, segment_key="twice", due_on=NOW.date(), by=None, via="command")
    assert draft.number == 1


def _research() -> None:
    Survey.objects.create(slug="exit", name="Exit", source="x", asked_on=NOW.date())
    found = Discovery.objects.create(event="login", days=1, now=NOW)
    DiscoveredGroup.objects.create(
        discovery=found,
        position=0,
        canonical=GROUP,
        english="x",
        size=9,
        n=9,
        rate=0.5,
        low=0.4,
        high=0.6,
        base_rate=0.2,
        lift=2.5,
        p_value=0,
    )


def _second_version(key: str) -> None:
    from catalogue.segments.editing import create_segment
    from catalogue.segments.publishing import publish
    from tests.catalogue.segments.ground import document

    segment = create_segment(document=document(key), by=None, via="command")
    for definition in (PROS, FREE):
        save_draft(
            key=key,
            document=changed(segment, definition=definition),
            token=token_of(Segment.objects.get(key=key)),
            by=None,
            via="command",
        )
        token = token_of(Segment.objects.get(key=key))
        publish(key=key, message="x", token=token, by=None, via="command")


@pytest.mark.parametrize("portion", range(PORTIONS))
@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.usefixtures("one_connection")
def test_no_generated_request_breaks_the_api_and_every_answer_is_as_described(
    kind: str, portion: int, tmp_path: Path, settings: Any
) -> None:
    settings.API_REQUESTS_PER_MINUTE = settings.API_ESTIMATES_PER_MINUTE = 1_000_000
    run = build(tmp_path)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
    bearer = {"Authorization": f"Bearer {key_text(*KEYS[kind])}"}
    answers: dict[str, set[int]] = defaultdict(set)

    for found in list(schema.get_all_operations())[portion::PORTIONS]:
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        chosen = GOOD_BY_KEY.get(kind, {}).get(name) or GOOD.get(name, {})
        good = defaults(operation, run) | chosen
        # Names that exist, so that what is generated is looked at and not just not found.
        near = {part: good[part] for part in ("path_parameters", "headers") if part in good}
        strategies = (
            operation.as_strategy(GenerationMode.POSITIVE, **good),
            operation.as_strategy(GenerationMode.POSITIVE, **near),
            operation.as_strategy(GenerationMode.NEGATIVE, **near),
            operation.as_strategy(GenerationMode.NEGATIVE),
        )
        for strategy in strategies:
            ask(strategy, bearer, answers[name])

    assert not {name for name, codes in answers.items() if codes & set(range(500, 600))}
    reached = {name for name, codes in answers.items() if codes & {200, 201, 202}}
    if kind == "everything":
        assert set(answers) - reached == FOR_NO_KEY & set(answers)
    else:
        refused = {name for name, codes in answers.items() if 403 in codes}
        assert set(answers) - reached <= refused


def ask(strategy: Any, bearer: dict[str, str], answers: set[int]) -> None:
    """Send some of these requests, and check each answer against what is described."""

    @FEW
    @given(case=strategy)
    def send(case: Any) -> None:
        with undone():
            response = case.call(headers=bearer)
            answers.add(response.status_code)
            case.validate_response(response, checks=CHECKS)

    send()

"""What segments can be found by: the facts that no column holds, for many segments at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from catalogue.definitions.describe import one_line
from catalogue.definitions.english.wording import Labels
from catalogue.models import MessageGuide, Segment, Workspace
from catalogue.ports import ToolState, tool_states
from catalogue.segments.freshness import freshness_of, stopped_state
from catalogue.segments.goal_states import LIGHT_SPLIT, Standing, standing_of
from catalogue.segments.trees import events_in, traits_in, tree_of

FRESHNESS = {
    "on_time": "On time",
    "late": "Late",
    "broken": "Broken",
    "too_expensive": "Too expensive",
    "by_hand": "By hand",
    "never": "Not refreshed yet",
}
TOOL_STATES = {
    "equal": "Equal",
    "behind": "Behind",
    "differs": "Differs",
    "count_only": "Count only",
    "unverifiable": "Unverifiable",
    "unknown": "Unknown",
    "none": "In no tool",
}
# Of one copy: what `copy_state` answers.
COPY_STATES = ("equal", "behind", "differs", "count_only", "unverifiable", "unknown")
OWNER = ("owner__first_name", "owner__last_name", "owner__username", "owner__email")


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFacts:
    """`freshness` and `tool_states` are keys of the dictionaries above; `team` and `owner` are
    (slug or address, name). `goals` are the events that it wants, `functions` those that have a
    message or a tool for it, `findings` the codes of the rules that it does not keep."""

    pk: int
    key: str
    name: str
    team: tuple[str, str]
    owner: tuple[str, str]
    models: tuple[str, ...]
    status: str
    freshness: str
    has_goal: bool
    goal_state: str
    goals: frozenset[str]
    functions: frozenset[str]
    findings: frozenset[str]
    tools: tuple[ToolState, ...]
    traits: frozenset[str]
    events: frozenset[str]

    @property
    def tool_states(self) -> frozenset[str]:
        """How its copies stand."""
        return frozenset(copy_state(tool) for tool in self.tools) or frozenset({"none"})


def copy_state(tool: ToolState) -> str:
    """How a tool's copy stands: nothing is equal without having been read back."""
    if tool.verdict:
        return tool.verdict
    if tool.drift is None:
        return "unknown"
    return "equal" if tool.drift == 0 else "differs"


def facts_of(
    segments: QuerySet[Segment], *, now: datetime, fewest: int | None = None
) -> dict[int, SegmentFacts]:
    """The facts of these segments by their ids, from a number of queries that does not grow.
    `fewest`: of how many people a number may be shown, asked for unless it is known already."""
    rows = list(
        segments.select_related("team", "owner", "definition", "health", "goal_split").only(
            *("key", "name", "status", "models_used", "refresh", "refreshed_at", *LIGHT_SPLIT),
            *("broken_reason", "owner_email", "team__slug", "team__name", "definition__canonical"),
            *("health__findings", *OWNER),
        )
    )
    tools = tool_states([row.key for row in rows])
    said = _functions()
    fewest = Workspace.current().fewest_people if fewest is None else fewest
    return {
        row.pk: _facts(
            row, tools[row.key], said.get(row.pk, set()), standing_of(row, fewest=fewest), now
        )
        for row in rows
    }


def _functions() -> dict[int, set[str]]:
    said: dict[int, set[str]] = {}
    for segment, function in MessageGuide.objects.values_list("segment", "function"):
        said.setdefault(segment, set()).add(function)
    return said


def texts_of(segments: QuerySet[Segment], *, labels: Labels) -> dict[int, str]:
    """All that a search reads of these segments, in small letters: name, key, English, why, owner
    and what each function says."""
    rows = segments.select_related("owner", "definition").only(
        *("key", "name", "why", "owner_email", "definition__canonical"), *OWNER
    )
    said = _messages()
    return {row.pk: _text(row, said.get(row.pk, []), labels) for row in rows}


def _messages() -> dict[int, list[str]]:
    said: dict[int, list[str]] = {}
    for segment, text in MessageGuide.objects.values_list("segment", "text"):
        said.setdefault(segment, []).append(text)
    return said


def _text(row: Segment, said: list[str], labels: Labels) -> str:
    owner = row.owner.label if row.owner else ""
    words = (row.name, row.key, row.why, english_of(row, labels), owner, row.owner_email)
    return "\n".join([*words, *said]).casefold()


def _goals(row: Segment) -> frozenset[str]:
    event = (row.goal or {}).get("event")
    named = event if isinstance(event, list) else [event]
    return frozenset(name for name in named if isinstance(name, str))


def _facts(
    row: Segment, tools: list[ToolState], said: set[str], goal: Standing, now: datetime
) -> SegmentFacts:
    freshness = freshness_of(row.refresh, row.refreshed_at, now=now).state.replace(" ", "_")
    return SegmentFacts(
        pk=row.pk,
        key=row.key,
        name=row.name,
        team=(row.team.slug, row.team.name),
        owner=(row.owner_email, row.owner.label if row.owner else row.owner_email),
        models=tuple(row.models_used),
        status=row.status,
        freshness=stopped_state(row.broken_reason) or freshness,
        has_goal=bool(row.goal),
        goal_state=goal.state,
        goals=_goals(row),
        functions=frozenset(said | {tool.function for tool in tools if tool.function}),
        findings=frozenset(one["code"] for one in _findings(row)),
        tools=tuple(tools),
        traits=traits_in(row.definition),
        events=events_in(row.definition),
    )


def _findings(row: Segment) -> list[dict[str, Any]]:
    health = getattr(row, "health", None)
    found: list[dict[str, Any]] = health.findings if health is not None else []
    return found


def english_of(segment: Segment, labels: Labels) -> str:
    """The newest definition on one line; "" of none."""
    version = segment.definition
    if version is None or version.canonical is None:
        return ""
    return one_line(tree_of(version.canonical), labels=labels)

"""What the definition in a form comes to: in English, and in people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from catalogue.definitions.errors import DefinitionError, Fault
from catalogue.definitions.linked import Span, linked_lines
from catalogue.definitions.nodes import Definition
from catalogue.definitions.places import ROOT
from catalogue.definitions.validate import validate
from catalogue.engine.inputs import ScanFailed
from catalogue.membership.estimating import Estimate, NoDataYet, NodeEstimate, estimate, steady
from catalogue.permissions import Actor
from catalogue.segments.subjects import PLURALS
from catalogue.segments.vocabulary import stored_vocabulary
from catalogue.web.builder.reading import rows_by_pointer
from catalogue.web.builder.rules import Rules
from catalogue.web.builder.show import RowCount
from catalogue.web.builder.words import Words
from catalogue.web.editor.faces import ROWS, Faces
from catalogue.web.tags import held

# Somebody waits, and changes it again in a moment.
SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The newest size of the segment as it is, to compare with."""

    size: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """`lines` of English; `found` is None when nobody could be counted, and `problem` says why.
    `wrong`: what is not right yet, `warnings`: what may be meant otherwise. `counts` by row."""

    lines: tuple[tuple[int, tuple[Span, ...]], ...] = ()
    found: Estimate | None = None
    problem: str = ""
    wrong: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    counts: Mapping[str, RowCount] = field(default_factory=dict)
    live: Live | None = None

    @property
    def change(self) -> int | None:
        """How many more than now; None where one of both is not known."""
        return None if self.found is None or self.live is None else self.found.size - self.live.size

    @property
    def change_in_words(self) -> str:
        """The same as people say it."""
        if not self.change:
            return "" if self.change is None else "as many as now"
        about = "about " if self.is_sampled else ""
        return f"{about}{abs(self.change):,} {'more' if self.change > 0 else 'fewer'} than now"

    @property
    def is_sampled(self) -> bool:
        """Whether not all were counted, but a sample."""
        return self.found is not None and self.found.method == "sampled"

    @property
    def of_population(self) -> str:
        """Among how many they were found."""
        if self.found is None:
            return ""
        margin = f"; right within ± {self.found.margin:,}" if self.is_sampled else ""
        return f"of {self.found.population:,} {PLURALS[self.found.subject]}{margin}"

    @property
    def says(self) -> str:
        """What is read out after a change."""
        if self.found is not None:
            change = f", {self.change_in_words}" if self.change_in_words else ""
            unit = held(self.found.size, self.found.subject)
            about = "About " if self.is_sampled else ""
            return f"{about}{self.found.size:,} {unit} would belong{change}."
        return self.problem or (f"Not right yet: {self.wrong[0]}" if self.wrong else "")


def said(faces: Faces, words: Words, *, key: str) -> Effect:
    """What the face that is shown says, without counting anybody, which would take its time. `key`
    is that of the stored segment, "" of a new one."""
    definition = faces.definition
    if definition is None:
        return Effect(wrong=tuple(_wrong(faces)))
    return Effect(
        lines=tuple(linked_lines(definition, labels=words.labels())),
        warnings=tuple(_warnings(definition, faces, key)),
    )


def counted(
    faces: Faces,
    words: Words,
    *,
    key: str,
    viewer: Actor,
    now: datetime,
    live: Live | None = None,
) -> Effect:
    """The same, with the people it comes to. What does not exist for `viewer` cannot be named."""
    effect = replace(said(faces, words, key=key), live=live)
    if faces.definition is None:
        return effect
    try:
        found = estimate(
            faces.definition,
            key=key or None,
            now=steady(now),
            seconds=SECONDS,
            viewer=viewer,
            may_sample=True,
        )
    except DefinitionError as error:
        wrong = [_placed(fault, faces) for fault in error.faults]
        return replace(effect, wrong=tuple(wrong))
    except (NoDataYet, ScanFailed) as error:
        return replace(effect, problem=str(error))
    # Beside a row there is no room to say that a number is of a sample.
    has_counts = faces.shown == ROWS and found.method == "exact"
    counts = _by_row(found.nodes, faces.rules) if has_counts else {}
    return replace(effect, found=found, counts=counts)


def _wrong(faces: Faces) -> Iterator[str]:
    if faces.is_empty:
        return
    for mistake in faces.mistakes:
        yield f"Line {mistake.line}: {mistake.message}"
    places = {row.id: number for number, row in enumerate(faces.rules.rows, start=1)}
    for complaint in faces.complaints:
        place = f"Condition {places[complaint.row]}: " if complaint.row in places else ""
        yield place + complaint.message


def _warnings(definition: Definition, faces: Faces, key: str) -> Iterator[str]:
    try:
        known = stored_vocabulary(also={key: definition.subject})
        warnings = validate(definition, known, pointer=ROOT)
    except DefinitionError:
        # What is refused is said when it is counted.
        return
    yield from (_placed(fault, faces) for fault in warnings)


def _placed(fault: Fault, faces: Faces) -> str:
    hint = f" Did you mean “{fault.suggestion}”?" if fault.suggestion else ""
    refused = replace(faces, complaints=(), mistakes=()).refused([fault])
    return next(_wrong(refused), fault.message + hint)


def _by_row(nodes: Iterable[NodeEstimate], rules: Rules) -> dict[str, RowCount]:
    rows = rows_by_pointer(rules)
    counts: dict[str, RowCount] = {}
    for node in nodes:
        row = rows.get(node.pointer)
        if row is not None:
            # Of a row that stands for several, the last one says how many are left.
            alone = "" if row.id in counts else f"{node.alone:,}"
            counts[row.id] = RowCount(
                alone=alone, left=f"{node.remaining:,}", unknown=_unknown(node)
            )
    return counts


def _unknown(node: NodeEstimate) -> str:
    return f"unknown for {node.null_count:,}" if node.null_count else ""

"""Are these files fit to be applied? Looks at files, dictionary and stored segments; writes
nothing, and finds everything that is wrong rather than the first thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.dependencies import goal_key, order, references, subjects_named
from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.goals import goal_faults, read_goal
from catalogue.definitions.nodes import Definition, InSegment, Subject
from catalogue.definitions.places import places
from catalogue.definitions.segment_file import SegmentFile
from catalogue.definitions.validate import validate
from catalogue.definitions.vocabulary import Vocabulary
from catalogue.models import DefinitionVersion, Segment, Status
from catalogue.permissions import Actor
from catalogue.segments.documents import NO_TEAM
from catalogue.segments.lifecycle import Gate, Lack, lacks_always, lacks_asked
from catalogue.segments.parts import OF_GOALS
from catalogue.segments.reports import Problem
from catalogue.segments.storing import is_stored
from catalogue.segments.subjects import stored_subjects, subject_faults, subject_of
from catalogue.segments.vocabulary import stored_vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`problems` refuse all files; `warnings`, by segment key, refuse none."""

    problems: list[Problem] = field(default_factory=list)
    warnings: dict[str, list[str]] = field(default_factory=dict)


def check_files(
    files: Sequence[SegmentFile], vocabulary: Vocabulary, gate: Gate | None = None
) -> Checked:
    """Everything that is wrong with these files in this workspace. `vocabulary` knows the files'
    own keys too; `gate` says what this workspace asks of those that go live."""
    checked = check_alone(files)
    _check_archived(files, checked.problems)
    subjects = stored_subjects([file.key for file in files])
    for file in files:
        faults = subject_faults(file, subjects.get(file.key))
        checked.problems.extend(_refuse(file, fault) for fault in faults)
    for file in files:
        _check_words(file, vocabulary, checked)
    if not checked.problems:
        _check_circles(files, _stored_definitions(), checked.problems)
    if not checked.problems and gate is not None:
        _check_workspace_gate(files, gate, checked.problems)
    return checked


def check_edit(
    file: SegmentFile, *, by: Actor = None, stored: DefinitionVersion | None = None
) -> list[str]:
    """Check one edited segment as `check_files` does, and return the warnings. A segment that does
    not exist for `by` cannot be referred to, but where the `stored` definition does so already.
    Raises DefinitionError with every fault."""
    checked = Checked()
    before = None if stored is None else subject_of(stored)
    checked.problems.extend(_refuse(file, fault) for fault in subject_faults(file, before))
    if file.tree is not None or file.goal:
        also = {**_named_in(stored), file.key: file.subject}
        known = stored_vocabulary(also=also, parts=parts_given([file]), viewer=by)
        _check_words(file, known, checked)
    if not checked.problems:
        _check_circles([file], _stored_definitions(), checked.problems)
    if checked.problems:
        raise DefinitionError(*(problem.fault for problem in checked.problems))
    return checked.warnings.get(file.key, [])


def _named_in(stored: DefinitionVersion | None) -> dict[str, Subject]:
    canonical = stored.canonical if stored is not None else None
    return subjects_named(from_canonical(canonical)) if canonical else {}


def check_alone(files: Sequence[SegmentFile]) -> Checked:
    """What can be said without a workspace: keys given twice, cycles among the files, and what
    going live needs."""
    checked = Checked()
    _check_twice(files, checked.problems)
    for file in files:
        if file.refused is not None:
            checked.problems.extend(_refuse(file, fault) for fault in file.refused.faults)
        _check_gate(file, checked.problems)
    _check_circles(files, {}, checked.problems)
    return checked


def warnings_alone(files: Sequence[SegmentFile], *, is_whole: bool) -> list[Problem]:
    """What refuses no file and is worth a look. `is_whole`: these are all files there are, so that
    a reference to another segment rests on what is stored alone."""
    found = [
        _refuse(file, _fault("", f"It names no team, so it will belong to “{NO_TEAM}”."))
        for file in files
        if not file.team
    ]
    return [*found, *_warn_of_references(files)] if is_whole else found


def _warn_of_references(files: Sequence[SegmentFile]) -> Iterator[Problem]:
    own = {file.key for file in files}
    for file in files:
        nodes = places(file.tree.where, file.where_pointer) if file.tree is not None else ()
        for pointer, node in nodes:
            if isinstance(node, InSegment) and node.key not in own:
                message = f"“{node.key}” is in none of these files. It has to be stored already."
                code, at = Code.MISSING_REFERENCE, f"{pointer}/in_segment"
                yield _refuse(file, Fault(code=code, pointer=at, message=message))


def _refuse(file: SegmentFile, fault: Fault) -> Problem:
    return Problem(file=file.file_name, key=file.key, fault=file.locate(fault))


def _check_twice(files: Sequence[SegmentFile], problems: list[Problem]) -> None:
    counts = Counter(file.key for file in files)
    for file in files:
        if counts[file.key] > 1:
            others = [one.file_name for one in files if one.key == file.key and one is not file]
            message = f"The key “{file.key}” is given more than once, also in {others[0]}."
            problems.append(_refuse(file, _fault("/key", message)))


def _fault(pointer: str, message: str) -> Fault:
    return Fault(code=Code.BAD_VALUE, pointer=pointer, message=message)


def _check_gate(file: SegmentFile, problems: list[Problem]) -> None:
    if file.status == Status.LIVE:
        problems += [_cannot_go_live(file, lack) for lack in lacks_always(file)]


def _check_workspace_gate(
    files: Sequence[SegmentFile], gate: Gate, problems: list[Problem]
) -> None:
    """What is live already and stays as it is does not go live, so nothing more is asked of it."""
    beside = {file.key: file for file in files}
    stored = {one.key: one for one in Segment.objects.filter(key__in=beside, status=Status.LIVE)}
    for file in files:
        lacks = lacks_asked(file, gate, beside) if file.status == Status.LIVE else []
        before = stored.get(file.key)
        if lacks and not (before is not None and is_stored(before, file)):
            problems += [_cannot_go_live(file, lack) for lack in lacks]


def _cannot_go_live(file: SegmentFile, lack: Lack) -> Problem:
    # Where something is missing there is no line; what asks for it is that the segment be live.
    message = f"The segment cannot go live. {lack.said}"
    return _refuse(file, _fault("/status", message))


def _check_archived(files: Sequence[SegmentFile], problems: list[Problem]) -> None:
    keys = [file.key for file in files]
    archived = set(
        Segment.objects.filter(key__in=keys, status=Status.ARCHIVED).values_list("key", flat=True)
    )
    for file in files:
        if file.key in archived:
            message = (
                f"The segment “{file.key}” is archived, and its key is never used again. Restore it"
                " first, or choose another key."
            )
            problems.append(_refuse(file, _fault("/key", message)))


def parts_given(files: Sequence[SegmentFile]) -> dict[str, Collection[str]]:
    """The parts that the goals of these files give, by key."""
    return {file.key: OF_GOALS for file in files if file.goal}


def _check_words(file: SegmentFile, vocabulary: Vocabulary, checked: Checked) -> None:
    if (aim := file.aim) is not None:
        faults = goal_faults(aim, vocabulary)
        checked.problems.extend(_refuse(file, fault) for fault in faults)
    if file.tree is None:
        return
    try:
        warnings = validate(file.tree, vocabulary, pointer=file.where_pointer)
    except DefinitionError as error:
        checked.problems.extend(_refuse(file, fault) for fault in error.faults)
    else:
        sentences = [file.locate(warning).sentence() for warning in warnings]
        checked.warnings.setdefault(file.key, []).extend(sentences)


# By key: the canonical definition, None of a list, and the goal as written.
Stored = Mapping[str, tuple[str | None, Mapping[str, object] | None]]


def _stored_definitions() -> Stored:
    rows = Segment.objects.exclude(status=Status.ARCHIVED).exclude(definition=None)
    found = rows.values_list("key", "definition__canonical", "goal")
    return {key: (canonical, goal) for key, canonical, goal in found}


def _check_circles(files: Sequence[SegmentFile], stored: Stored, problems: list[Problem]) -> None:
    """Refuse circles, also those that go through segments stored before, or through goals."""
    own = {file.key: file for file in files}

    def definition(key: str) -> Definition | None:
        _, is_goal, whose = key.rpartition("goal:")
        if whose in own:
            return _aimed_at(own[whose]) if is_goal else own[whose].tree
        text, goal = stored.get(whose, (None, None))
        if is_goal:
            return _stored_aim(text, goal)
        return None if text is None else from_canonical(text)

    try:
        trees = _reached(own, definition)
        # What is missing is for the vocabulary to say; here only circles matter.
        named = {node.key for tree in trees.values() for node in references(tree.where)}
        order(trees, static=frozenset(named - trees.keys()))
    except DefinitionError as error:
        for fault in error.faults:
            file = next((one for one in files if f"“{one.key}”" in fault.message), files[0])
            problems.append(_refuse(file, fault))


def _reached(
    keys: Mapping[str, SegmentFile], definition: Callable[[str], Definition | None]
) -> dict[str, Definition]:
    """The definitions of these keys and of all they refer to. Static lists refer to nobody."""
    found: dict[str, Definition] = {}
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        tree = None if key in found else definition(key)
        if tree is not None:
            found[key] = tree
            nodes = references(tree.where)
            waiting += [node.key for node in nodes]
            waiting += [goal_key(node.key) for node in nodes if node.part is not None]
    return found


def _aimed_at(file: SegmentFile) -> Definition | None:
    return None if file.aim is None else file.aim.condition


def _stored_aim(canonical: str | None, goal: Mapping[str, object] | None) -> Definition | None:
    """The condition of a stored goal; what cannot be read any more refers to nobody."""
    if not goal or "condition" not in goal:
        return None
    subject = "customer" if canonical is None else from_canonical(canonical).subject
    with suppress(DefinitionError):
        return read_goal(goal, subject=subject).condition
    return None

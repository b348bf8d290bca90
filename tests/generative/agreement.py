"""Both engines on one case."""

from __future__ import annotations

from catalogue.definitions.errors import DefinitionError
from catalogue.engine.given_segments import Answer, Judge
from catalogue.engine.judge_given import judge_given
from catalogue.engine.reference import reference_members
from tests.generative.cases import Case


def differences(case: Case, judge: Judge = judge_given) -> dict[str, tuple[object, object]]:
    """Segment → (what the engine says, what the oracle says), where they differ."""
    engine = judge(case.segments, case.world, case.now)
    oracle = reference_members(case.segments, case.world, case.now)
    pairs = {key: (_plain(engine[key]), _plain(oracle[key])) for key in case.segments}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _plain(answer: Answer) -> object:
    # Which of two faults below a segment is named is not part of the language.
    return "refused" if isinstance(answer, DefinitionError) else sorted(answer)

"""Several instants judged together give what each gives alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import Judged
from catalogue.engine.leaving import AT_ONCE, members_at
from catalogue.warehouse.memory import MemoryTables
from tests.generative.cases import Case
from tests.generative.portions import inputs_for, of_middling_size, on_order_or_habit
from tests.generative.runs import PARTS, run

PART_OF_MORE = [pytest.param(part, marks=pytest.mark.generated) for part in range(1, PARTS)]


@pytest.mark.parametrize("part", [0, *PART_OF_MORE])
def test_a_segment_as_of_many_instants_is_what_it_is_as_of_each(part: int) -> None:
    sizes: list[int] = []

    def right(case: Case) -> None:
        # The first half of a world's history, so that things are said and done later.
        instants = [case.now + timedelta(days=day) for day in range(-AT_ONCE, AT_ONCE // 2, 3)]
        with MemoryTables.from_world(case.world) as tables:
            for key in [*of_middling_size(case, 1), *on_order_or_habit(1)]:
                inputs = inputs_for([key], case, tables)
                alone = [evaluate(inputs, tables, now=at).outcomes[key] for at in instants]
                if all(isinstance(one, Judged) for one in alone):
                    together = list(members_at(inputs, key, tables, instants=instants))
                    assert together == [one.members for one in alone if isinstance(one, Judged)]
                    sizes.extend(map(len, together))
                else:
                    with pytest.raises(DefinitionError):
                        list(members_at(inputs, key, tables, instants=instants))

    run(part, right, count=8 if part else 3)
    assert len(set(sizes)) > 2

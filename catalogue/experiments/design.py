"""The document that an experiment is planned by, read and written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from catalogue.definitions.pieces import Faults, Piece, every
from catalogue.definitions.segment_facts import long_text, name, optional, short_text
from catalogue.definitions.share_forms import parse_share, write_share
from catalogue.definitions.shares import Share
from catalogue.experiments.arms import Arm as DealtArm
from catalogue.experiments.arms import Split
from catalogue.experiments.outcomes import Outcome, goal_outcome, parse_outcome, write_outcome
from catalogue.experiments.states import Counting, Lookup, State, parse_counting
from catalogue.models import Arm as ArmRow
from catalogue.models import Experiment

GOAL = "goal"
HOLDOUT = "holdout"
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FIELDS = (
    *("name", "hypothesis", "segment", "aim", "effect", "base_rate", "spread", "power"),
    *("sequential", "arms", "holdout", "guardrails", "idea", "salt"),
)
POWER = 0.82


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmDesign:
    """One arm as planned. `is_holdout`: nobody is told anything."""

    key: str
    name: str
    share: Share
    message: str = ""
    is_holdout: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailDesign:
    """What must not become worse by more than `bearable`, a share (0.01 is a percentage point)."""

    name: str
    outcome: Outcome
    bearable: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Everything that is decided before anybody is dealt out. `arms`: the control first. `effect`:
    the change to be seen, in shares (0.05 is five percentage points) or in the unit of the mean.
    `base_rate`, `spread`: instead of the segment's own; None: those are measured."""

    name: str
    hypothesis: str
    outcome: Counting
    effect: float
    arms: tuple[ArmDesign, ...]
    guardrails: tuple[GuardrailDesign, ...] = ()
    base_rate: float | None = None
    spread: float | None = None
    power: float = POWER
    is_sequential: bool = False
    idea: int | None = None
    salt: str = ""

    def split(self, salt: str = "-") -> Split:
        """How members are dealt out. Raises DefinitionError when the shares are not 100 %."""
        return split_of([(one.key, one.share, one.is_holdout) for one in self.arms], salt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a document may refer to: the `goal` of the segment, as it is kept, with the `timezone`
    of dates in it; and the metrics of the company's own."""

    goal: Mapping[str, Any] | None = None
    timezone: str = "UTC"
    metrics: Lookup = lambda _: None


def read_design(document: Mapping[str, Any], around: Around) -> Design:
    """The design that a document says; an `aim` of “goal” is that of the segment. Raises
    DefinitionError with every fault and its place."""
    piece = Piece(value=dict(document), pointer="", zone=ZoneInfo("UTC"))
    faults = Faults()
    faults.read(piece.only, FIELDS, "An experiment")
    title = faults.read(name, piece.at("name"))
    hypothesis = faults.read(long_text, piece.at("hypothesis"))
    outcome = faults.read(_outcome, piece.at("aim"), around)
    effect = faults.read(_effect, piece.at("effect"))
    numbers = {key: faults.read(optional, piece, key, Piece.number) for key in NUMBERS}
    sequential = faults.read(optional, piece, "sequential", _flag)
    arms = faults.read(_arms, piece)
    guardrails = faults.read(optional, piece, "guardrails", _guardrails)
    idea = faults.read(optional, piece, "idea", _whole)
    salt = faults.read(optional, piece, "salt", _salt)
    with faults.collecting():
        _check_looks(outcome, piece.at("sequential"))
    faults.raise_any()
    design = Design(
        name=title,
        hypothesis=hypothesis,
        outcome=outcome,
        effect=float(effect),
        arms=arms,
        guardrails=guardrails or (),
        base_rate=numbers["base_rate"],
        spread=numbers["spread"],
        power=numbers["power"] or POWER,
        is_sequential=bool(sequential),
        idea=idea,
        salt=salt or "",
    )
    design.split()
    return design


NUMBERS = ("base_rate", "spread", "power")


def document_of(experiment: Experiment) -> dict[str, Any]:
    """The document that an experiment was planned by, as `read_design` takes it."""
    plan, arms = experiment.plan, list(experiment.arms.all())
    given = {key: plan.get(key) for key in NUMBERS if plan.get(f"{key}_given")}
    holdout = next((arm for arm in arms if arm.is_holdout), None)
    return {
        "name": experiment.name,
        "hypothesis": experiment.hypothesis,
        "segment": experiment.segment.key,
        "aim": experiment.aim,
        "effect": plan.get("effect"),
        "power": plan.get("power"),
        **given,
        "sequential": experiment.is_sequential,
        "arms": [
            {"key": arm.key, "name": arm.name, "share": _percent(arm.share), "message": arm.message}
            for arm in arms
            if not arm.is_holdout
        ],
        **({"holdout": _percent(holdout.share)} if holdout else {}),
        "guardrails": experiment.guardrails,
        **({"idea": experiment.idea} if experiment.idea else {}),
        "salt": experiment.salt,
    }


def written_guardrail(guardrail: GuardrailDesign) -> dict[str, object]:
    """A guardrail as it is kept."""
    kept = {"name": guardrail.name, "bearable": guardrail.bearable}
    return kept | write_outcome(guardrail.outcome)


def split_of(arms: list[tuple[str, Share, bool]], salt: str) -> Split:
    """(key, share, is the holdout) of each arm as a split: the holdout stands apart, unless there
    is but one other arm, which is then compared with it."""
    dealt = [DealtArm(key=key, share=share) for key, share, is_holdout in arms if not is_holdout]
    held = next(((key, share) for key, share, is_holdout in arms if is_holdout), None)
    if held is None:
        return Split(salt=salt, arms=tuple(dealt))
    if len(dealt) == 1:
        return Split(salt=salt, arms=(DealtArm(key=held[0], share=held[1]), *dealt))
    return Split(salt=salt, arms=tuple(dealt), holdout=held[1])


def dealt(experiment: Experiment) -> Split:
    """How the members of an experiment's segment are dealt out."""
    arms = [(arm.key, Share(percent=arm.share), arm.is_holdout) for arm in experiment.arms.all()]
    return split_of(arms, experiment.salt)


def control_key(arms: Sequence[ArmRow]) -> str:
    """The key of the arm that the others are compared with."""
    others = [arm for arm in arms if not arm.is_holdout]
    held = [arm for arm in arms if arm.is_holdout]
    return (held if held and len(others) == 1 else others)[0].key


def _outcome(piece: Piece, around: Around) -> Counting:
    is_goal = piece.value == GOAL
    document = goal_outcome(around.goal, around.timezone) if is_goal else piece.value
    return parse_counting(document, piece.pointer, around.metrics)


def _check_looks(outcome: Counting | None, piece: Piece) -> None:
    if isinstance(outcome, State) and piece.value:
        raise piece.bad(
            "What is true of people may change between two looks, so this is looked at once, when"
            " everybody has had their time. Leave “sequential” out, or count events."
        )


def _effect(piece: Piece) -> float:
    if piece.value is None:
        raise piece.bad("Say which change is worth seeing: 0.05 is five percentage points.")
    found = piece.number()
    if not found:
        raise piece.bad("An effect of nothing needs nobody to see.")
    return float(found)


def _arms(piece: Piece) -> tuple[ArmDesign, ...]:
    arms = every(piece.at("arms").items("“arms”"), _arm)
    share = optional(piece, "holdout", parse_share)
    if share is None or not share.percent:
        return arms
    if any(arm.key == HOLDOUT for arm in arms):
        raise piece.at("arms").bad("“holdout” is the key of the holdout. Name the arm otherwise.")
    held = ArmDesign(key=HOLDOUT, name="Holdout, nothing sent", share=share, is_holdout=True)
    # Of two, the holdout is what the other one is compared with, and stands first.
    return (held, *arms) if len(arms) == 1 else (*arms, held)


def _arm(piece: Piece) -> ArmDesign:
    faults = Faults()
    faults.read(piece.mapping("An arm").only, ("key", "name", "share", "message"), "An arm")
    key = faults.read(_key, piece.at("key"))
    title = faults.read(optional, piece, "name", lambda one: short_text(one, longest=120))
    share = faults.read(parse_share, piece.at("share"))
    message = faults.read(_message, piece.at("message"))
    faults.raise_any()
    return ArmDesign(key=key, name=title or key.capitalize(), share=share, message=message)


def _message(piece: Piece) -> str:
    return "" if piece.value in (None, "") else long_text(piece)


def _key(piece: Piece) -> str:
    text = piece.text("The key of an arm")
    if KEY.fullmatch(text) is None or len(text) > 40:
        raise piece.bad(f"“{text}” is no key: small letters, digits and single hyphens, up to 40.")
    return text


def _guardrails(piece: Piece) -> tuple[GuardrailDesign, ...]:
    return every(piece.items("“guardrails”"), _guardrail)


def _guardrail(piece: Piece) -> GuardrailDesign:
    outcome = parse_outcome(piece.value, piece.pointer, more=("name", "bearable"))
    if outcome.is_mean:
        raise piece.at("sum").bad("A guardrail is a share: watch whether the event comes.")
    title = short_text(piece.at("name"), longest=120)
    bearable = optional(piece, "bearable", Piece.number)
    if bearable is not None and not 0 <= bearable < 1:
        raise piece.at("bearable").bad("Write a share from 0 to 1: 0.01 is a percentage point.")
    return GuardrailDesign(name=title, outcome=outcome, bearable=float(bearable or 0))


def _flag(piece: Piece) -> bool:
    return piece.flag("“sequential”")


def _whole(piece: Piece) -> int:
    if not isinstance(piece.value, int) or isinstance(piece.value, bool) or piece.value < 1:
        raise piece.bad("Write the number of an idea, as in 27.")
    return piece.value


def _salt(piece: Piece) -> str:
    return short_text(piece, longest=80)


def _percent(share: Decimal) -> str:
    return write_share(Share(percent=share))

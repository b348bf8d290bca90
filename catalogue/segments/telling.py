"""What was done, said for people: one sentence for each kind of change, and its fields.

A sentence is *who*, the words `before` the object, its name, the words `after` it: Lena Vogt |
published | “Mid-size leads” | as d2. So a page can make the name a link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.definitions.english.wording import as_words, capitalised
from catalogue.models import Change, IdeaState
from catalogue.models.change import PRIVATE_IDEA

Words = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field as lines for people; empty where there was, or is, nothing."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of change: what a filter calls it, and the words around the name of the object."""

    label: str
    words: Callable[[Change], Words]


def _plain(before: str, after: str = "") -> Callable[[Change], Words]:
    return lambda _: (before, after)


def _edited(change: Change) -> Words:
    _, later = definitions_of(change)
    return ("changed the definition of", f"to d{later}") if later else ("changed", "")


def _applied(change: Change) -> Words:
    _, later = definitions_of(change)
    if later:
        return "changed the definition of", f"to d{later}, by its file"
    return "changed", "by its file"


def _drafted(change: Change) -> Words:
    _, later = definitions_of(change)
    return (f"began the draft d{later} of" if later else "began a draft of"), ""


def _published(change: Change) -> Words:
    earlier = change.details.get("restored")
    _, later = definitions_of(change)
    if isinstance(earlier, int) and later:
        return f"brought d{earlier} of", f"back as d{later}"
    return "published", f"as d{later}" if later else ""


def _reviewed(change: Change) -> Words:
    outcome = change.details.get("outcome")
    return "looked over", f"and says: {outcome} it" if outcome else ""


def _of_function(verb: str) -> Callable[[Change], Words]:
    def words(change: Change) -> Words:
        function = as_words(str(change.details.get("function", "")))
        return verb, f"for {function}" if function else ""

    return words


def _granted(change: Change) -> Words:
    return f"let {_names(change)} see who is in", ""


def _withdrawn(change: Change) -> Words:
    return f"took from {_names(change)} the right to see who is in", ""


def _exported(change: Change) -> Words:
    number, traits = change.details.get("membership"), change.details.get("traits")
    version = f"as of m{number}" if isinstance(number, int) else ""
    listed = f"with {', '.join(map(str, traits))}" if isinstance(traits, list) and traits else ""
    return "asked for a file of the people of", " ".join(filter(None, (version, listed)))


def _renamed(change: Change) -> Words:
    before, _ = fields_in(change).get("name", ["", ""])
    return (f"renamed the team “{before}” to" if before else "renamed the team"), ""


def _seat_given(change: Change) -> Words:
    for name, (before, after) in fields_in(change).items():
        if before:
            return f"changed the seat of {name} in the team", f"from {before} to {after}"
        return f"gave {name} a seat in the team", f"as {after}"
    return "changed a seat in the team", ""


def _seat_taken(change: Change) -> Words:
    return f"ended the seat of {_names(change)} in the team", ""


def _key_created(change: Change) -> Words:
    scopes = change.details.get("scopes")
    listed = ", ".join(map(str, scopes)) if isinstance(scopes, list) else ""
    return "made the key", f"with the scopes {listed}" if listed else ""


def _moved(change: Change) -> Words:
    states = change.details.get("states")
    if isinstance(states, list) and len(states) == 2:
        before, after = (IdeaState(state).label for state in states)
        return "moved the idea", f"from {before} to {after}"
    return "moved the idea", ""


def _merged(change: Change) -> Words:
    into = change.details.get("into_title")
    return "merged the idea", f"into “{into}”" if into else ""


def _linked(change: Change) -> Words:
    kind = str(change.details.get("link", "")).replace("_", " ")
    said = ("with", kind, str(change.details.get("target", "something")))
    return "linked the idea", " ".join(word for word in said if word)


KINDS: Mapping[str, Kind] = {
    "segment.published": Kind(label="Segment published", words=_published),
    "segment.edited": Kind(label="Segment changed", words=_edited),
    "segment.applied": Kind(label="Segment file applied", words=_applied),
    "segment.created": Kind(label="Segment made", words=_plain("made the segment")),
    "segment.drafted": Kind(label="Draft begun", words=_drafted),
    "segment.draft_discarded": Kind(
        label="Draft thrown away", words=_plain("threw away the draft of")
    ),
    "segment.publish_asked": Kind(
        label="Second person asked", words=_plain("asked a second person to publish")
    ),
    "segment.certified": Kind(label="Segment certified", words=_plain("vouched for")),
    "segment.certificate_withdrawn": Kind(
        label="Certificate withdrawn", words=_plain("no longer vouches for")
    ),
    "segment.reviewed": Kind(label="Segment looked over", words=_reviewed),
    "segment.guide_approved": Kind(label="Message approved", words=_of_function("approved")),
    "segment.acknowledged": Kind(label="Change acknowledged", words=_of_function("took note of")),
    "segment.archived": Kind(label="Segment archived", words=_plain("archived")),
    "segment.unarchived": Kind(
        label="Segment brought back", words=_plain("brought", "back from the archive, as a draft")
    ),
    "segment.people_granted": Kind(label="Right to see people given", words=_granted),
    "segment.people_withdrawn": Kind(label="Right to see people taken", words=_withdrawn),
    "people.exported": Kind(label="People exported", words=_exported),
    "experiment.planned": Kind(label="Experiment planned", words=_plain("planned")),
    "experiment.replanned": Kind(
        label="Experiment planned anew", words=_plain("changed the plan of")
    ),
    "experiment.started": Kind(label="Experiment started", words=_plain("started")),
    "experiment.stopped": Kind(label="Experiment stopped", words=_plain("stopped")),
    "experiment.decided": Kind(label="Experiment decided", words=_plain("decided")),
    "experiment.rolled_out": Kind(label="Experiment rolled out", words=_plain("rolled out")),
    "experiment.rollout_done": Kind(
        label="Roll-out done", words=_plain("marked the roll-out of", "as done")
    ),
    "idea.added": Kind(label="Idea added", words=_plain("had the idea")),
    "idea.edited": Kind(label="Idea changed", words=_plain("changed the idea")),
    "idea.moved": Kind(label="Idea moved", words=_moved),
    "idea.parked": Kind(label="Idea parked", words=_plain("parked the idea")),
    "idea.woken": Kind(label="Idea woken", words=_plain("woke the idea")),
    "idea.merged": Kind(label="Ideas merged", words=_merged),
    "idea.voted": Kind(label="Idea voted for", words=_plain("voted for the idea")),
    "idea.unvoted": Kind(label="Vote taken back", words=_plain("took back a vote for the idea")),
    "idea.commented": Kind(label="Idea commented on", words=_plain("commented on the idea")),
    "idea.worded": Kind(label="Message worded", words=_plain("worded a message for the idea")),
    "idea.linked": Kind(label="Idea linked", words=_linked),
    "idea.drafted": Kind(
        label="Draft made from an idea", words=_plain("made a draft segment from the idea")
    ),
    "segment.evidence_expired": Kind(
        label="Evidence expired", words=_plain("noticed expired evidence of")
    ),
    "survey.loaded": Kind(label="Survey loaded", words=_plain("loaded answers to the survey")),
    "discovery.asked": Kind(label="Discovery asked for", words=_plain("had groups looked for by")),
    "trait.described": Kind(label="Trait described", words=_plain("described the trait")),
    "event.described": Kind(label="Event described", words=_plain("described the event")),
    "property.described": Kind(label="Property described", words=_plain("described the property")),
    "metric.defined": Kind(label="Metric defined", words=_plain("defined the metric")),
    "metric.edited": Kind(label="Metric changed", words=_plain("changed the metric")),
    "metric.archived": Kind(label="Metric archived", words=_plain("archived the metric")),
    "metric.unarchived": Kind(
        label="Metric brought back", words=_plain("brought", "back from the archive")
    ),
    "workspace.edited": Kind(
        label="Workspace changed", words=_plain("changed the settings of the", "")
    ),
    "team.created": Kind(label="Team made", words=_plain("made the team")),
    "team.renamed": Kind(label="Team renamed", words=_renamed),
    "team.four_eyes": Kind(
        label="Second person asked for", words=_plain("changed who publishes in the team")
    ),
    "team.seat_given": Kind(label="Seat given", words=_seat_given),
    "team.seat_taken": Kind(label="Seat ended", words=_seat_taken),
    "key.created": Kind(label="Key made", words=_key_created),
    "key.revoked": Kind(label="Key revoked", words=_plain("revoked the key")),
    "login.created": Kind(label="Login made", words=_plain("made the login")),
    "login.changed": Kind(label="Login changed", words=_plain("changed the login")),
    "login.password_set": Kind(label="Password set", words=_plain("set the password of")),
    "tool.added": Kind(label="Tool connected", words=_plain("connected the tool")),
    "tool.changed": Kind(label="Tool changed", words=_plain("changed the tool")),
    "tool.switched_off": Kind(label="Tool switched off", words=_plain("switched off the tool")),
    "tool.switched_on": Kind(label="Tool switched on", words=_plain("switched on the tool")),
    "sync.asked": Kind(label="Sync asked for", words=_plain("asked for a sync of")),
    "sync.paused": Kind(label="Sync paused", words=_plain("paused")),
    "sync.resumed": Kind(label="Sync let go on", words=_plain("let go on")),
    "sync.full_asked": Kind(
        label="Full sync asked for", words=_plain("asked for everybody to be sent again to")
    ),
    "sync.measure_asked": Kind(label="Read-back asked for", words=_plain("had read back")),
    "sync.approved": Kind(
        label="Removals approved", words=_plain("let the brake pass the sync of")
    ),
    "sync.cancelled": Kind(label="Sync cancelled", words=_plain("cancelled the sync of")),
    "suppression.added": Kind(label="Suppressed", words=_plain("suppressed people:")),
    "suppression.lifted": Kind(label="Suppression lifted", words=_plain("lifted the suppression")),
    "consent.noted": Kind(label="Consent noted", words=_plain("noted words of consent:")),
    "erasure.asked": Kind(label="Erasure asked for", words=_plain("asked for the erasure")),
    "erasure.done": Kind(label="Erased", words=_plain("finished the erasure")),
    "retention.deleted": Kind(
        label="Deleted by its age", words=_plain("deleted what was kept long enough:")
    ),
}
# Objects whose name for people is in the details.
TITLED = ("idea", PRIVATE_IDEA, "survey", "discovery")
# What a file or a service noted under these names is said in the sentence already.
SAID = ("team.seat_given", "team.seat_taken", "segment.people_granted", "segment.people_withdrawn")


def label_of(kind: str) -> str:
    """What a filter calls a kind; one that nobody has worded is worded from its name."""
    found = KINDS.get(kind)
    return found.label if found else capitalised(kind.replace(".", "_"))


def words_of(change: Change) -> Words:
    """The words before and after the name of what was changed."""
    found = KINDS.get(change.kind)
    if found is None:
        return f"did “{as_words(change.kind.partition('.')[2] or change.kind)}” to", ""
    return found.words(change)


def who_of(change: Change) -> str:
    """Who did it, as a sentence begins."""
    return change.actor[:1].upper() + change.actor[1:]


def name_of(change: Change) -> str:
    """What people call the object, while that is known; its key after that."""
    if change.object_type == "segment" and change.segment is not None:
        return change.segment.name
    if change.kind == "team.renamed":
        # Not what it is called now: it may have been renamed again.
        return str(fields_in(change).get("name", ["", change.object_key])[1])
    if change.object_type == "team" and change.team is not None:
        return change.team.name
    if change.object_type == "experiment":
        return f"{change.object_key}: {change.details.get('name', '')}".rstrip(": ")
    if change.object_type in TITLED:
        return str(change.details.get("title") or change.object_key)
    if change.object_type == "key":
        return str(change.details.get("name") or change.object_key)
    return change.object_key


def definitions_of(change: Change) -> tuple[int | None, int | None]:
    """The definition versions before and after, None where the act is about none."""
    said = change.details.get("definition")
    if isinstance(said, list) and len(said) == 2:
        before, after = said
        return before or None, after or None
    return None, None


def fields_in(change: Change) -> dict[str, list[Any]]:
    """{name: [before, after]} of the fields that the act changed."""
    fields = change.details.get("fields")
    known = fields if isinstance(fields, dict) else {}
    return {
        name: values
        for name, values in known.items()
        if isinstance(values, list) and len(values) == 2
    }


def field_changes(change: Change) -> tuple[FieldChange, ...]:
    """The fields with their values before and after, for people."""
    if change.kind in SAID:
        return ()
    return tuple(
        FieldChange(label=capitalised(name), before=_lines(before), after=_lines(after))
        for name, (before, after) in fields_in(change).items()
    )


def _names(change: Change) -> str:
    return " and ".join(fields_in(change)) or "somebody"


def _lines(value: Any) -> tuple[str, ...]:
    if value is None or value in ("", [], {}):
        return ()
    if isinstance(value, dict):
        return tuple(f"{capitalised(str(key))}: {_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return tuple(_text(one) for one in value)
    return (_text(value),)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{as_words(str(key))} {_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return str(value)

"""Who is judged, customers or accounts; and what to write where the two are mixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.nodes import AccountTrait, InSegment, Node, Subject, part_key
from catalogue.definitions.pieces import Piece, nearest
from catalogue.definitions.vocabulary import Vocabulary

SUBJECTS: tuple[Subject, ...] = get_args(Subject)
INSTEAD = {
    "account_trait": (
        "In a segment of accounts the account's own traits are written as “trait”.",
        "trait",
    ),
    "account_members": (
        "In a segment of accounts its customers are asked about as in"
        " {customers: any, where: {did: login}}.",
        "customers",
    ),
    "customers": (
        "“customers” asks about those of an account, and customers are judged here. Those of the"
        " same account are asked about as in {account_members: any, where: {did: login}}.",
        "account_members",
    ),
}


def parse_subject(piece: Piece) -> Subject:
    """customer or account."""
    for subject in SUBJECTS:
        if piece.value == subject:
            return subject
    raise piece.bad(
        "The subject is customer or account.",
        suggestion=nearest(str(piece.value), SUBJECTS),
    )


def parse_list_of(piece: Piece) -> Subject:
    """The `subject` beside a `static` list: what the list holds."""
    subject = piece.at("subject")
    if subject.value is None:
        return "customer"
    if piece.at("static").value is None:
        raise subject.bad("“subject” goes with a static list here; a definition says its own.")
    return parse_subject(subject)


def mixed(piece: Piece, head: str) -> DefinitionError:
    """The refusal of a head that is not about who is judged there."""
    message, suggestion = INSTEAD.get(head) or (
        f"“{head}” is about customers, and accounts are judged here. Say of which customers of the"
        f" account it is true, as in {{customers: any, where: {{{head}: …}}}}.",
        "customers",
    )
    return piece.at(head).bad(message, suggestion=suggestion)


def trait_subject(node: Node, about: Subject) -> Subject:
    """Whose trait a condition looks at where `about` is judged."""
    return "account" if isinstance(node, AccountTrait) else about


def unknown_segment(
    node: InSegment, about: Subject, place: str, vocabulary: Vocabulary
) -> Iterator[Fault]:
    """The fault of a reference to no segment, or to one of the other subject."""
    subjects: dict[str, Subject] = {
        key: subject for subject in SUBJECTS for key in vocabulary.segments_of(subject)
    }
    if node.key not in subjects:
        yield Fault(
            code=Code.MISSING_REFERENCE,
            message=f"There is no segment “{node.key}”.",
            pointer=place,
            suggestion=nearest(node.key, _of(about, subjects)),
        )
    elif subjects[node.key] != about:
        yield other_subject(node.key, about, place, subjects)
    elif node.part is not None and vocabulary.parts is not None:
        yield from _unknown_part(node.key, node.part, place, vocabulary.parts.get(node.key, ()))


def _unknown_part(key: str, part: str, place: str, known: Iterable[str]) -> Iterator[Fault]:
    names = sorted(known)
    if part in names:
        return
    near = nearest(part, names)
    has = f"It has {', '.join(names)}." if names else "A goal gives it reached and not_reached."
    yield Fault(
        code=Code.MISSING_REFERENCE,
        message=f"The segment “{key}” has no part “{part}”. {has}",
        pointer=place,
        suggestion=None if near is None else part_key(key, near),
    )


OTHER_SUBJECT: Mapping[Subject, str] = {
    "account": (
        "“{key}” holds customers, and accounts are judged here. Say of which customers of the"
        " account it is true, as in {{customers: any, where: {{in_segment: {key}}}}}."
    ),
    "customer": (
        "“{key}” holds accounts, and customers are judged here. Write what it asks of the account"
        " with “account_trait” and “account_members”."
    ),
}


def other_subject(key: str, about: Subject, place: str, known: Mapping[str, Subject]) -> Fault:
    """The fault of a reference, where `about` is judged, to a segment of the other subject;
    `known`: the subjects of all segments there are."""
    return Fault(
        code=Code.BAD_VALUE,
        message=OTHER_SUBJECT[about].format(key=key),
        pointer=place,
        suggestion=nearest(key, _of(about, known)),
    )


def _of(about: Subject, known: Mapping[str, Subject]) -> Iterable[str]:
    return [key for key, subject in known.items() if subject == about]

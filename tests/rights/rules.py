"""Who may do what, said once more and apart from the product: the expectations of the table.

A rule gives, for somebody and an object, one of: `login` (asked to sign in), `absent` (as if it did
not exist), `refused` (told why), `ok` (whatever the answer is, it is neither of these), `any`."""

from __future__ import annotations

from collections.abc import Callable

from tests.rights.ground import ARCHIVED, KEYS, MISSING, OTHER, OWN, PRIVATE

Rule = Callable[[str, str], str]

ELSEWHERE, ROOT = "admin elsewhere", "site admin"
WRITERS = {
    OWN: {"editor", "owner", "team admin", ROOT},
    OTHER: {ELSEWHERE, ROOT},
    PRIVATE: {ELSEWHERE, ROOT},
}
SEERS = {
    OWN: {"seeing viewer", "granted viewer", "team admin", ROOT},
    OTHER: {ELSEWHERE, ROOT},
    PRIVATE: {ELSEWHERE, ROOT},
}
ADMINS = {"team admin", ELSEWHERE, ROOT}
WORKING_KEYS = {"reading key", "writing key", "full key", "foreign key", "narrowed key"}


def open_to_all(who: str, what: str) -> str:
    """No login is needed."""
    return "ok"


def signed_in(who: str, what: str) -> str:
    """Any login."""
    return "login" if who == "anonymous" else "ok"


def read(who: str, what: str) -> str:
    """Everybody reads every segment, but for drafts that are private to another team."""
    if who == "anonymous":
        return "login"
    hidden = what == PRIVATE and who not in (ELSEWHERE, ROOT)
    return "absent" if what == MISSING or hidden else "ok"


def _by_right(allowed: dict[str, set[str]]) -> Rule:
    def rule(who: str, what: str) -> str:
        seen = read(who, what)
        if seen != "ok":
            return seen
        # What is archived may be refused for that reason, whoever asks.
        if what == ARCHIVED:
            return "any" if who in allowed[OWN] else "refused or gone"
        return "ok" if who in allowed[what] else "refused"

    return rule


write = _by_right(WRITERS)
see_people = _by_right(SEERS)
# Owners and admins of the team; editors write, and vouch for nothing.
vouch = _by_right({what: who - {"editor"} for what, who in WRITERS.items()})


def look_people_up(who: str, what: str) -> str:
    """Whoever sees the people of any segment."""
    if who == "anonymous":
        return "login"
    return "ok" if who in {*SEERS[OWN], *SEERS[OTHER]} else "refused"


def look_somebody_up(who: str, what: str) -> str:
    """The same, where whoever may not is not told whether there is such a customer."""
    found = look_people_up(who, what)
    return "absent" if found == "refused" else found


def make_segments(who: str, what: str) -> str:
    """Editors of some team."""
    if who == "anonymous":
        return "login"
    return "ok" if who in {"editor", "team admin", ELSEWHERE, ROOT} else "refused"


def define_metrics(who: str, what: str) -> str:
    """Editors of some team, and whoever owns a segment."""
    return "ok" if who == "owner" else make_segments(who, what)


def count_anything(who: str, what: str) -> str:
    """Those who make segments, and owners of one."""
    return define_metrics(who, what)


def see_to_tools(who: str, what: str) -> str:
    """Team admins and site admins."""
    if who == "anonymous":
        return "login"
    return "ok" if who in ADMINS else "refused"


def steer_all(who: str, what: str) -> str:
    """Whoever may write all that a run refreshes; the run of the ground refreshes all teams'."""
    if who == "anonymous":
        return "login"
    return "ok" if who == ROOT else "refused"


def load_surveys(who: str, what: str) -> str:
    """Team admins and site admins."""
    return see_to_tools(who, what)


def steer_ideas(who: str, what: str) -> str:
    """Editors of the idea's team; the idea of the ground is of Growth, and nobody here had it."""
    if who == "anonymous":
        return "login"
    return "ok" if who in {"editor", "team admin", ROOT} else "refused"


def write_if_active(who: str, what: str) -> str:
    """There is no run to be stopped in the ground: nothing happens, and nobody is refused."""
    seen = read(who, what)
    return "any" if seen == "ok" else seen


def duplicate(who: str, what: str) -> str:
    """Whoever writes for its team; owning one segment makes nobody's another."""
    found = write(who, what)
    return "refused" if who == "owner" and found == "ok" else found


def make_experiments(who: str, what: str) -> str:
    """Whoever may write some segment, as its owner may."""
    return "ok" if who == "owner" else make_segments(who, what)


def on_own(rule: Rule) -> Rule:
    """The rule, of what belongs to the segment of Growth."""
    return lambda who, what: rule(who, OWN)


def own_export(who: str, what: str) -> str:
    """Only who asked for it, the site admin of the ground; for others there is none."""
    if who == "anonymous":
        return "login"
    return "ok" if who == ROOT else "absent"


def own_notice(who: str, what: str) -> str:
    """Only who was told; for others there is none."""
    return own_export(who, what)


# Programs. A key without login is told to authenticate.


def any_key(who: str, what: str) -> str:
    """Any valid key."""
    return "ok" if who in WORKING_KEYS else "login"


def key_reads(who: str, what: str) -> str:
    """Valid keys read live segments; drafts need a scope; a list of segments narrows."""
    if who not in WORKING_KEYS:
        return "login"
    hidden = {
        "narrowed key": {OWN, OTHER, PRIVATE, ARCHIVED},
        "foreign key": set[str](),
    }.get(who, {PRIVATE})
    return "absent" if what == MISSING or what in hidden else "ok"


def key_reads_with(keys: set[str]) -> Rule:
    """Keys with a scope read whatever they may read of segments."""

    def rule(who: str, what: str) -> str:
        seen = key_reads(who, what)
        if who in keys or seen == "login":
            return seen
        return "refused or absent" if seen == "absent" else "refused"

    return rule


def key_with(keys: set[str]) -> Rule:
    """Keys with a scope, for segments of their team."""

    def rule(who: str, what: str) -> str:
        seen = key_reads(who, what)
        if seen == "absent" and who not in keys:
            return "refused or absent"  # which scope it lacks says nothing about the object
        if seen != "ok":
            return seen
        own = {OTHER, PRIVATE} if who == "foreign key" else {OWN, ARCHIVED}
        if who in keys and what in own:
            return "any" if what == ARCHIVED else "ok"
        return "refused or gone" if what == ARCHIVED else "refused"

    return rule


def key_reads_metrics(who: str, what: str) -> str:
    """Keys with `metrics:read`, for whatever exists for them."""
    seen = key_reads(who, what)
    if seen == "login" or who in {"full key", "foreign key", "narrowed key"}:
        return seen
    return "refused or absent"


def no_key(who: str, what: str) -> str:
    """No key may, whatever its scopes."""
    return "refused" if who in WORKING_KEYS else "login"


key_writes = key_with({"writing key", "full key", "foreign key"})
key_acts = key_with({"full key", "foreign key"})


def key_acting(who: str, what: str) -> str:
    """Keys with every scope, whatever the object."""
    if who not in WORKING_KEYS:
        return "login"
    return "ok" if who in {"full key", "foreign key", "narrowed key"} else "refused"


def only_of_own(rule: Rule) -> Rule:
    """The rule, where the ground has something for it to decide: in the segment of Growth."""

    def of_own(who: str, what: str) -> str:
        found = rule(who, what)
        return found if what == OWN or found == "login" else "any"

    return of_own


def key_steers(who: str, what: str) -> str:
    """Keys with every scope, of the idea's team."""
    return "refused" if who == "foreign key" else key_acting(who, what)


def key_reads_all(who: str, what: str) -> str:
    """Keys that are not narrowed to some segments: what is asked for is of all."""
    return "absent" if who == "narrowed key" else any_key(who, what)


def key_makes(who: str, what: str) -> str:
    """Keys that write, for their own team: the one made is of Growth."""
    if who not in WORKING_KEYS:
        return "login"
    return "ok" if who in {"writing key", "full key", "narrowed key"} else "refused"


def key_writes_anything(who: str, what: str) -> str:
    """Keys that write, whatever their team."""
    return "ok" if who == "foreign key" else key_makes(who, what)


def key_sees_trials(who: str, what: str) -> str:
    """Keys with `experiments:read`, of the segment of Growth."""
    if who == "narrowed key":
        return "absent"
    return key_acting(who, what)


def key_tries(who: str, what: str) -> str:
    """Keys with `experiments:write`, on the segment of Growth, which is of their team and list."""
    if who in {"foreign key", "reading key", "writing key"}:
        return "refused"
    return key_sees_trials(who, what)


def key_plans(who: str, what: str) -> str:
    """The same, where the segment stands in the body: one that is not on the list is a fault of
    that."""
    return "ok" if who == "narrowed key" else key_tries(who, what)


def key_sees_people(who: str, what: str) -> str:
    """Keys with `members:read`."""
    return key_acting(who, what)


def key_sees_tools(who: str, what: str) -> str:
    """Keys with `destinations:read`."""
    return key_acting(who, what)


def is_program(who: str) -> bool:
    """Whether this is a key rather than a login."""
    return who in KEYS

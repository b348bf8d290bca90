"""How one customer stands: how long a trait has been what it is, a place in a ranking, a draw."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from catalogue.definitions.english.reasons import say_instant, say_value
from catalogue.definitions.english.wording import Plural, Wording
from catalogue.definitions.shares import Share

PLACES = Decimal("0.0001")
RANKED: Plural = (
    "{figure} here; of {count} customer that is ranked, the last one in has {last}",
    "{figure} here; of {count} customers that are ranked, the last one in has {last}",
)


def say_held(
    value: object, holds: bool, since: datetime | None, wording: Wording, zone: ZoneInfo
) -> str:
    """The value, and since when the condition on it holds: `it is pro; so since 1 March 2026`."""
    shown = say_value(value, None, wording, zone)
    if not holds:
        return shown
    if since is None:
        return wording.say("{value}; since when is not known", value=shown)
    instant = say_instant(since, wording, zone)
    return wording.say("{value}; so since {instant}", value=shown, instant=instant)


def say_place(
    is_among: bool,
    figure: Decimal | float | None,
    ranked: int,
    last_in: Decimal | float | None,
    wording: Wording,
) -> str:
    """What a customer is ranked by, and what it takes: `12 here; …, the last one in has 80`."""
    if not is_among:
        return wording.say("is not one of those who are ranked")
    if figure is None or last_in is None:
        return wording.say("has nothing to be ranked by")
    return wording.say_count(
        RANKED, ranked, figure=_number(figure, wording), last=_number(last_in, wording)
    )


def _number(figure: Decimal | float, wording: Wording) -> str:
    if isinstance(figure, Decimal):
        return wording.value(f"{figure:.6f}".rstrip("0").rstrip("."))
    return wording.number(figure)


def say_draw(draw: Decimal, share: Share, wording: Wording) -> str:
    """`drawn at 37.2511 %; who is drawn below 20 % is in`"""
    return wording.say(
        "drawn at {draw} %; who is drawn below {share} % is in",
        draw=wording.value(str(draw.quantize(PLACES, rounding=ROUND_DOWN))),
        share=wording.value(share.digits),
    )

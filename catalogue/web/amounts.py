"""Measured numbers for people, by their unit."""

from __future__ import annotations

from catalogue.metrics.comparing import Difference, Value

SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
MINUS = "\N{MINUS SIGN}"


def amount(value: float | None, unit: str, *, with_unit: bool = True) -> str:
    """`38.2 %`, `€214`, `0.9`, `1,240`; "" of nothing."""
    if value is None:
        return ""
    if unit == "share":
        return f"{100 * value:.1f}{' %' if with_unit else ''}"
    if unit in ("people", "accounts"):
        return f"{value:,.0f}"
    sign = MINUS if value < 0 else ""
    return f"{sign}{_currency(unit)}{_digits(abs(value))}"


def _currency(unit: str) -> str:
    if unit in SIGNS:
        return SIGNS[unit]
    return f"{unit} " if len(unit) == 3 and unit.isupper() else ""


def _digits(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if value >= 1 or value == 0 else f"{value:,.2g}"


def unit_word(unit: str) -> str:
    """What stands behind a number whose own form does not say its unit: `days`."""
    is_said = unit in ("share", "people", "accounts", "number", "money")
    return "" if is_said or _currency(unit) else unit


def interval(value: Value) -> str:
    """`19.2–23.6`; "" without one."""
    if value.low is None or value.high is None:
        return ""
    low, high = (amount(end, value.unit, with_unit=False) for end in (value.low, value.high))
    return f"{low}–{high}"


def in_words(found: Difference | None, unit: str) -> str:
    """`13.3 points lower`, `no clear difference`; "" where there is nothing to compare."""
    if found is None:
        return ""
    if found.is_clear is False or found.by == 0:
        return "no clear difference"
    way = "higher" if found.by > 0 else "lower"
    if unit == "share":
        return f"{100 * abs(found.by):.1f} points {way}"
    return f"{amount(abs(found.by), unit)} {way}"

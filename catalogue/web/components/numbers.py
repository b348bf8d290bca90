"""Numbers, and pictures of numbers."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.safestring import SafeString

from catalogue.web.charts import ChartPair, Sparkline
from catalogue.web.components.rendering import render_component
from catalogue.web.goal_charts import GoalChart

register = template.Library()


@register.simple_tag
def figure(
    value: object,
    as_of: datetime | None = None,
    method: str = "exact",
    unit: str = "",
    detail: str = "",
    missing: str = "not known yet",
    estimate: bool = False,
    small: bool = False,
    id: str = "",
) -> SafeString:
    """A number that never stands alone: what it counts, as of when, and how it was obtained.
    None shows a dash and `missing`."""
    return render_component(
        "figure",
        value=value,
        as_of=as_of,
        method=method,
        unit=unit,
        detail=detail,
        missing=missing,
        estimate=estimate,
        small=small,
        id=id,
    )


@register.simple_tag
def delta(entered: int, left: int, plain: bool = False) -> SafeString:
    """People entering and leaving: `+12 −3`."""
    return render_component("delta", entered=entered, left=left, plain=plain)


@register.simple_tag
def sparkline(spark: Sparkline | None, missing: str = "too early") -> SafeString:
    """The trend of some weeks, without axes."""
    return render_component("sparkline", spark=spark, missing=missing)


@register.simple_tag
def chart(pair: ChartPair) -> SafeString:
    """A line with a scale, drawn for wide and for small screens, and the same as a table."""
    return render_component("chart", chart=pair)


@register.simple_tag
def goal_chart(chart: GoalChart) -> SafeString:
    """A share with its interval as a band, drawn for wide and for small screens, and as a table."""
    drawings = ((chart.wide, "wide"), (chart.slim, "slim"))
    return render_component("goal_chart", chart=chart, drawings=drawings)


@register.simple_tag
def bar(part: float, whole: float, tone: str = "", estimate: bool = False) -> SafeString:
    """A share as a bar. Decoration: the numbers beside it say the same."""
    share = min(max(part / whole, 0.0), 1.0) if whole else 0.0
    return render_component("bar", width=f"{100 * share:.1f}", tone=tone, estimate=estimate)

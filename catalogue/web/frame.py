"""What stands around every page: where one can go, who is signed in, how old the data is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from catalogue.models import Photo, User
from catalogue.permissions import can_see_any_people
from catalogue.web.components.structure import Tab
from catalogue.web.theme import theme_of

# Route and label, in the order of the top bar; the first IN_THE_BAR stand there, the others behind
# “More”, since a bar with all of them would be wider than most windows.
PLACES = (
    ("segments", "Segments"),
    ("ideas", "Ideas"),
    ("experiments", "Experiments"),
    ("metrics", "Metrics"),
    ("playbooks", "Playbooks"),
    ("research", "Research"),
    ("tools", "Tools"),
    ("reviews", "Reviews"),
    ("customers", "Customers"),
    ("runs", "Runs"),
    ("dictionary", "Dictionary"),
    ("changes", "Changes"),
    ("teams", "Teams"),
)
IN_THE_BAR = 8
STYLE_SHEETS = ("tokens", "ground", "components", "frame", "pages")


@dataclass(kw_only=True)
class Frame:
    """The facts of the frame. Those from the database are read when a template shows them, so that
    an answer without a frame does not pay for it."""

    request: HttpRequest
    version: str = settings.VERSION

    @property
    def theme(self) -> str:
        """light, dark, or "" to follow the system."""
        return theme_of(self.request)

    @property
    def themes(self) -> tuple[tuple[str, str], ...]:
        """What may be chosen: value and label."""
        return (("", "System"), ("light", "Light"), ("dark", "Dark"))

    @property
    def style_sheets(self) -> tuple[str, ...]:
        """In the order of their layers."""
        return tuple(f"catalogue/{name}.css" for name in STYLE_SHEETS)

    @cached_property
    def places(self) -> list[Tab]:
        """The pages that one may open, the one that this page belongs to marked."""
        closed = self._closed
        path = self.request.path
        found = [(reverse(route), label) for route, label in PLACES if route not in closed]
        return [Tab(label=label, url=url, current=path.startswith(url)) for url, label in found]

    @property
    def main_places(self) -> list[Tab]:
        """Those that stand in the bar."""
        return self.places[:IN_THE_BAR]

    @property
    def more_places(self) -> list[Tab]:
        """Those behind “More”."""
        return self.places[IN_THE_BAR:]

    @property
    def is_at_more(self) -> bool:
        """Whether this page belongs to one of those behind “More”."""
        return any(place.current for place in self.more_places)

    @property
    def _closed(self) -> tuple[str, ...]:
        user = self.request.user
        may_look_up = isinstance(user, User) and can_see_any_people(user)
        return () if may_look_up else ("customers",)

    @cached_property
    def seats(self) -> list[str]:
        """What the one signed in may do where: `Editor in Growth`."""
        user = self.request.user
        if not isinstance(user, User):
            return []
        seats = user.seats.select_related("team").order_by("team__name")
        return [f"{seat.get_role_display()} in {seat.team.name}" for seat in seats]

    @cached_property
    def data_as_of(self) -> datetime | None:
        """When the data that everything is judged by was taken in; None before the first load."""
        return Photo.objects.order_by("-pk").values_list("created_at", flat=True).first()


def frame(request: HttpRequest) -> dict[str, Frame]:
    """`frame` in every template."""
    return {"frame": Frame(request=request)}

"""The pages."""

from django.urls import path

from catalogue.web.views.segment import segment
from catalogue.web.views.segments import segments
from catalogue.web.views.styleguide import styleguide
from catalogue.web.views.theme import theme
from catalogue.web.views.welcome import welcome

urlpatterns = [
    path("", welcome, name="home"),
    path("segments/", segments, name="segments"),
    path("segments/<str:key>/", segment, name="segment"),
    path("styleguide/", styleguide, name="styleguide"),
    path("theme/", theme, name="theme"),
]

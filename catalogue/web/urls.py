"""The pages."""

from django.urls import path

from catalogue.web.views.welcome import welcome

urlpatterns = [
    path("", welcome, name="welcome"),
]

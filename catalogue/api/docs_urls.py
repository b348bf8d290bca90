"""The pages about the API."""

from __future__ import annotations

from django.urls import path

from catalogue.api.documentation import docs, problem, reference

urlpatterns = [
    path("", docs, name="api-docs"),
    path("reference/", reference, name="api-reference"),
    path("problems/<slug:slug>/", problem, name="api-problem"),
]

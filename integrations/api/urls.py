"""The resources of integrations under /api/v1/."""

from __future__ import annotations

from django.urls import path

from integrations.api.destinations import Destinations, OneDestination, Syncs
from integrations.api.drift import Drift
from integrations.api.receipts import Receipts

app_name = "integrations-api"

urlpatterns = [
    path("destinations/", Destinations.as_view(), name="destinations"),
    path("destinations/<str:key>/", OneDestination.as_view(), name="destination"),
    path("destinations/<str:key>/syncs/", Syncs.as_view(), name="syncs"),
    path("drift/", Drift.as_view(), name="drift"),
    path("segments/<str:key>/receipts/", Receipts.as_view(), name="receipts"),
]

"""The resources of integrations under /api/v1/."""

from __future__ import annotations

from django.urls import path

from integrations.api.destinations import Destinations, OneDestination, Syncs
from integrations.api.drift import Drift
from integrations.api.receipts import Receipts
from integrations.api.sync_acts import (
    ApproveSync,
    CancelSync,
    FullSync,
    PauseSync,
    ResumeSync,
    SyncNow,
)

app_name = "integrations-api"

urlpatterns = [
    path("destinations/", Destinations.as_view(), name="destinations"),
    path("destinations/<str:key>/", OneDestination.as_view(), name="destination"),
    path("destinations/<str:key>/syncs/", Syncs.as_view(), name="syncs"),
    path("drift/", Drift.as_view(), name="drift"),
    path("segments/<str:key>/receipts/", Receipts.as_view(), name="receipts"),
    path("segments/<str:key>/syncs/<str:tool>/now/", SyncNow.as_view(), name="sync-now"),
    path("segments/<str:key>/syncs/<str:tool>/pause/", PauseSync.as_view(), name="sync-pause"),
    path("segments/<str:key>/syncs/<str:tool>/resume/", ResumeSync.as_view(), name="sync-resume"),
    path("segments/<str:key>/syncs/<str:tool>/full/", FullSync.as_view(), name="sync-full"),
    path("segments/<str:key>/syncs/<str:tool>/cancel/", CancelSync.as_view(), name="sync-cancel"),
    path(
        "segments/<str:key>/syncs/<str:tool>/approve/", ApproveSync.as_view(), name="sync-approve"
    ),
]

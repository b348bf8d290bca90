"""How the admin looks and where its side bar leads. Colours and type are those of the pages, in
catalogue/static/catalogue/admin/admin.css."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy


def _item(title: str, icon: str, model: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Segment Catalogue admin",
    "SITE_HEADER": "Segment Catalogue",
    "SITE_SUBHEADER": "Admin",
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("catalogue/mark.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("catalogue/mark.svg"),
        }
    ],
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_BACK_BUTTON": True,
    "THEME": "catalogue.web.theme.theme_of",
    "STYLES": [
        lambda request: static("catalogue/admin/layers.css"),
        lambda request: static("catalogue/tokens.css"),
        lambda request: static("catalogue/components.css"),
        lambda request: static("catalogue/admin/admin.css"),
    ],
    "SCRIPTS": [
        lambda request: static("catalogue/admin/expressions.js"),
        lambda request: static("catalogue/admin/reach.js"),
    ],
    "SIDEBAR": {
        "navigation": [
            {
                "items": [
                    {
                        "title": "What needs you",
                        "icon": "inbox",
                        "link": reverse_lazy("admin:index"),
                    }
                ]
            },
            {
                "title": "Segments",
                "items": [
                    _item("Segments", "groups", "catalogue_segment"),
                    _item("Drafts", "edit_note", "catalogue_draft"),
                    _item("Definition versions", "account_tree", "catalogue_definitionversion"),
                    _item(
                        "Membership versions", "stacked_line_chart", "catalogue_membershipversion"
                    ),
                    _item("Changes", "history", "catalogue_change"),
                ],
            },
            {
                "title": "Experiments",
                "items": [
                    _item("Experiments", "science", "catalogue_experiment"),
                    _item("Arms", "call_split", "catalogue_arm"),
                    _item("Looks", "query_stats", "catalogue_look"),
                    _item("Roll-outs", "rocket_launch", "catalogue_rollout"),
                    _item("Enrolments", "group_add", "catalogue_enrolment"),
                ],
            },
            {
                "title": "Learning",
                "items": [
                    _item("Ideas", "lightbulb", "catalogue_idea"),
                    _item("Evidence", "menu_book", "catalogue_evidence"),
                    _item("Surveys", "quiz", "catalogue_survey"),
                    _item("Discoveries", "travel_explore", "catalogue_discovery"),
                    _item("Discovered groups", "group_work", "catalogue_discoveredgroup"),
                ],
            },
            {
                "title": "Metrics",
                "items": [
                    _item("Metrics", "straighten", "catalogue_metric"),
                    _item("Readings", "monitoring", "catalogue_reading"),
                    _item("Workspace", "tune", "catalogue_workspace"),
                ],
            },
            {
                "title": "Teams and rights",
                "items": [
                    _item("Teams", "diversity_3", "catalogue_team"),
                    _item("Logins", "person", "catalogue_user"),
                    _item("People grants", "visibility", "catalogue_peoplegrant"),
                    _item("API keys", "key", "catalogue_apikey"),
                ],
            },
            {
                "title": "Tools",
                "items": [
                    _item("Tools", "hub", "integrations_destination"),
                    _item("Lists in tools", "playlist_add_check", "integrations_audience"),
                    _item("Syncs", "sync", "integrations_syncrun"),
                    _item("Drift", "difference", "integrations_driftreport"),
                    _item("Receipts", "receipt_long", "integrations_receipt"),
                    _item("Rejections", "block", "integrations_rejection"),
                ],
            },
            {
                "title": "Privacy",
                "items": [
                    _item("Suppressions", "do_not_disturb_on", "catalogue_suppression"),
                    _item("Consent", "how_to_reg", "catalogue_consent"),
                    {
                        "title": "Purposes",
                        "icon": "flag",
                        "link": reverse_lazy("admin:catalogue_consent_purposes"),
                    },
                    _item("Erasures", "person_remove", "catalogue_erasure"),
                ],
            },
            {
                "title": "Runs",
                "items": [
                    _item("Refreshes", "refresh", "catalogue_refreshrun"),
                    _item("Alerts", "notifications", "catalogue_notice"),
                    _item("Exports", "download", "catalogue_export"),
                    _item("Measurings", "speed", "catalogue_measurement"),
                ],
            },
            {
                "title": "Data",
                "items": [
                    _item("Traits", "sell", "catalogue_traitentry"),
                    _item("Events", "bolt", "catalogue_evententry"),
                    _item("Properties", "data_object", "catalogue_propertyentry"),
                    _item("Loads", "upload_file", "catalogue_load"),
                    _item("Photos", "photo_camera", "catalogue_photo"),
                ],
            },
        ],
    },
}

"""By operation, what makes a generated request succeed in the workspace of these tests."""

from __future__ import annotations

from typing import Any

from tests.catalogue.segments.ground import FREE, PROS

ANY = {"If-Match": "*"}
TRIAL: dict[str, Any] = {
    "name": "Say hello",
    "hypothesis": "We believe that a word of welcome brings people back.",
    "segment": "pros",
    "aim": {"event": "login", "within": "7 days"},
    "effect": 0.2,
    "base_rate": 0.5,
    "arms": [{"key": "quiet", "share": "50%"}, {"key": "hello", "share": "50%"}],
}
HELD = {"path_parameters": {"key": "twice", "tool": "drop"}}
IN_TOOL = {"path_parameters": {"key": "pros", "tool": "drop"}}
SEGMENT = {"path_parameters": {"key": "pros"}}
VERSION = {"path_parameters": {"key": "pros", "number": 2}}
TOOL = {"path_parameters": {"key": "drop"}}
TRIED = {"path_parameters": {"experiment": 1}}
ONCE = {"headers": {"Idempotency-Key": "once"}}
METRIC = {"path_parameters": {"key": "logins"}}
ANSWERS = {
    **dict.fromkeys(("still_true", "still_used", "goal_holds", "message_right"), "yes"),
    "outcome": "keep",
}
ASKED = {"body": {"definition": PROS}}
# By operation, what makes a request succeed in the world below; the rest is generated.
GOOD: dict[str, dict[str, Any]] = {
    "customers_segments": {"path_parameters": {"customer_id": "ada"}},
    "accounts_segments": {"path_parameters": {"account_id": "acme"}},
    "definitions_estimate": ASKED,
    "definitions_render": ASKED,
    "definitions_validate": ASKED,
    "destinations_retrieve": TOOL,
    "destinations_syncs_list": TOOL,
    "experiments_create": {"body": TRIAL, **ONCE},
    "experiments_decide": {
        "path_parameters": {"experiment": 2},
        "body": {"decision": "inconclusive", "reason": "Nobody was ever greeted."},
        **ONCE,
    },
    "experiments_list": {"query": {"page_size": 1}},
    "experiments_results_list": {**TRIED, "query": {"page_size": 1}},
    "experiments_rollouts_create": {
        "path_parameters": {"experiment": 3},
        "body": {"segment": "pros", "due_on": "2026-12-01"},
        **ONCE,
    },
    "experiments_rollouts_done": {
        "path_parameters": {"experiment": 3, "key": "twice"},
        "body": {},
        **ONCE,
    },
    "experiments_start": {
        **TRIED,
        "body": {"smaller_because": "There are no more of them."},
        **ONCE,
    },
    "experiments_stop": {"path_parameters": {"experiment": 2}, **ONCE},
    "experiments_update": {**TRIED, "headers": ANY, "body": {"name": "Greet them"}},
    "discoveries_create": {"body": {"event": "login", "days": 1}},
    "segments_evidence_create": {**SEGMENT, "body": {"kind": "interview", "source": "x"}},
    "surveys_create": {
        "body": {
            "slug": "why",
            "name": "Why",
            "source": "x",
            "asked_on": "2026-03-01",
            "csv": "customer_id,Why?\nada,So.\n",
        }
    },
    "consents_create": {
        "body": {"customer_id": "ada", "purpose": "sales", "given": True, "source": "form"},
        **ONCE,
    },
    "consents_list": {"query": {"customer_id": "ada"}},
    "erasures_create": {"body": {"customer_id": "eve", "reason": "Letter."}, **ONCE},
    "suppressions_create": {"body": {"customer_id": "dan", "reason": "Asked."}, **ONCE},
    "suppressions_lift": {"body": {"reason": "A mistake."}, **ONCE},
    "ideas_create": {"body": {"title": "Call them"}, "headers": {"Idempotency-Key": "idea"}},
    "ideas_draft": {"body": {}},
    "ideas_links_create": {"body": {"kind": "experiment", "target": "31"}},
    "ideas_merge": {"body": {"into": 2}},
    "ideas_move": {"body": {"state": "researching"}},
    "ideas_park": {"body": {"reason": "Later.", "wakes_on": "2099-01-01"}},
    "ideas_update": {"headers": ANY, "body": {"text": "More."}},
    "ideas_variants_create": {"body": {"function": "sales", "text": "Hello."}},
    "ideas_vote": {"body": {"voter": "mia@fieldnote.example"}},
    "overlap_retrieve": {"query": {"segments": "pros,twice"}},
    # Of the others people are tried on, so those stay.
    "segments_archive": {
        "path_parameters": {"key": "spare"},
        "headers": ANY,
        "body": {"message": "Done.", "replacement": "twice"},
    },
    "segments_create": {
        "body": {"key": "fresh", "name": "Fresh", "team": "growth", "definition": PROS},
        "headers": {"Idempotency-Key": "one"},
    },
    "segments_definition_update": {**SEGMENT, "headers": ANY, "body": FREE},
    "segments_goal_update": {
        **SEGMENT,
        "headers": ANY,
        "body": {"event": "login", "within": "14 days"},
    },
    "segments_goal_change": {
        **SEGMENT,
        "headers": ANY,
        "body": {"event": "login", "within": "3 days"},
    },
    "segments_explain": {**SEGMENT, "body": {"id": "ada"}},
    "segments_members_check": {**SEGMENT, "body": {"ids": ["ada", "nobody"]}},
    "segments_members_list": {**SEGMENT, "query": {"page_size": 1, "traits": "plan"}},
    "segments_members_changes": {**SEGMENT, "query": {"page_size": 1}},
    "metrics_create": {
        "body": {"key": "pros", "name": "Pros", "definition": {"count": "login"}},
        "headers": {"Idempotency-Key": "metric"},
    },
    "metrics_retrieve": METRIC,
    "metrics_update": {**METRIC, "headers": ANY, "body": {"name": "Log-ins"}},
    "metrics_archive": METRIC,
    "metrics_unarchive": METRIC,
    "segments_metrics": {**SEGMENT, "query": {"compare_to": "everyone"}},
    "segments_runs_list": {**SEGMENT, "query": {"page_size": 1, "with_count": "true"}},
    "segments_feedback_create": {**SEGMENT, "body": {"id": "ada", "fits": True}},
    "segments_playbook_acknowledge": {**SEGMENT, "body": {"function": "sales"}},
    "segments_receipts_create": {
        **SEGMENT,
        "body": {
            "tool": "crm",
            "membership_version": 1,
            "count": 2,
            "checksum": "0" * 16,
            "as_of": "2026-03-18T12:00:00Z",
        },
    },
    "segments_reviews_create": {**SEGMENT, "body": ANSWERS},
    "segments_versions_request": {**VERSION, "headers": ANY, "body": {"message": "Look."}},
    "segments_syncs_now": IN_TOOL,
    "segments_syncs_pause": {**IN_TOOL, "body": {"reason": "Not now."}},
    "segments_syncs_resume": HELD,
    "segments_syncs_full": IN_TOOL,
    "segments_syncs_cancel": IN_TOOL,
    "segments_syncs_approve": {**HELD, "body": {"membership_version": 1}},
    "segments_update": {**SEGMENT, "headers": ANY, "body": {"why": "Others."}},
    "segments_versions_create": {**SEGMENT, "headers": ANY, "body": {"definition": FREE}},
    "segments_versions_diff": {**SEGMENT, "query": {"from": "1", "to": "draft"}},
    "segments_versions_list": {**SEGMENT, "query": {"page_size": 1}},
    "segments_versions_publish": {**VERSION, "headers": ANY, "body": {"message": "Go."}},
    "segments_versions_restore": {
        "path_parameters": {"key": "twice", "number": 1},
        "headers": ANY,
        "body": {"message": "Back."},
    },
    "segments_list": {"query": {"ordering": ["-size"], "page_size": 1}},
    "traits_list": {"query": {"page_size": 1}},
    "events_list": {"query": {"page_size": 1}},
    "teams_list": {"query": {"page_size": 1}},
    "drift_list": {"query": {"destination": "drop"}},
    "destinations_list": {"query": {}},
}
# Drafts are not for those who may only read, so they compare what was published.
GOOD_BY_KEY: dict[str, dict[str, dict[str, Any]]] = {
    "reading": {
        "segments_versions_diff": {
            "path_parameters": {"key": "twice"},
            "query": {"from": "1", "to": "2"},
        }
    }
}

"""The REST API: how it reads, answers and describes itself, and the cache that it counts in."""

from typing import Any

from config import env

# A reader of changes who comes back later than this begins with a full pull.
CHANGES_KEPT_DAYS = env.integer("CHANGES_KEPT_DAYS", 90, minimum=1, maximum=3_650)
# Of each key and each login.
API_REQUESTS_PER_MINUTE = env.integer("API_REQUESTS_PER_MINUTE", 600, minimum=1, maximum=1_000_000)
API_ESTIMATES_PER_MINUTE = env.integer("API_ESTIMATES_PER_MINUTE", 60, minimum=1, maximum=1_000_000)


def caches(redis_url: str) -> dict[str, Any]:
    """Redis where there is one, so that all processes count together; else each by itself."""
    if not redis_url:
        return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    patience = {"socket_connect_timeout": 1, "socket_timeout": 1}
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis_url,
            "KEY_PREFIX": "catalogue-cache",
            "OPTIONS": {} if redis_url.startswith("unix:") else patience,
        }
    }


REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "catalogue.api.authentication.BearerKey",
        "catalogue.api.authentication.SignedIn",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["catalogue.api.authentication.IsKnown"],
    "DEFAULT_PARSER_CLASSES": ["catalogue.api.parsing.StrictJson"],
    "DEFAULT_RENDERER_CLASSES": ["catalogue.api.rendering.Json"],
    "DEFAULT_THROTTLE_CLASSES": ["catalogue.api.throttling.PerCaller"],
    "DEFAULT_SCHEMA_CLASS": "catalogue.api.schema.OperationSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "catalogue.api.errors.answer_problem",
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Segment Catalogue",
    "DESCRIPTION": (
        "One catalogue of customer segments: who belongs, why, to what goal, how many, what we say"
        " to them, and whose they are. `/api/v1/docs/` explains keys, paging, the first pull and"
        " staying in step, errors, idempotency and what counts as a breaking change."
    ),
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_SUFFIX": "",
    "ENUM_NAME_OVERRIDES": {
        "SegmentStatus": "catalogue.models.Status.choices",
        "RunState": "catalogue.models.RunState.choices",
        "Role": "catalogue.models.Role.choices",
        "Scope": "catalogue.models.Scope.choices",
        "ReviewAnswer": "catalogue.models.Answer.choices",
        "ReviewOutcome": "catalogue.models.Outcome.choices",
        "Misfit": "catalogue.models.Misfit.choices",
        "ReviewState": "catalogue.api.shapes.reviews.STATES",
        "ValueType": "catalogue.models.ValueType.choices",
        "FreshnessState": "catalogue.segments.facts.FRESHNESS",
        # What a tool holds of a segment, wherever it is said.
        "CopyState": "catalogue.segments.facts.COPY_STATES",
        "VersionState": "catalogue.api.shapes.versions.VERSION_STATES",
        "DifferenceMethod": "catalogue.api.shapes.versions.METHODS",
        "CountMethod": "catalogue.api.shapes.fields.COUNT_METHODS",
        "SyncState": "integrations.models.SyncState.choices",
        "DefinitionTruthState": "integrations.api.shapes.DEFINITION_STATES",
        "ConnectionTruthState": "integrations.api.shapes.CONNECTION_STATES",
        "LineChange": "catalogue.api.shapes.versions.LINE_CHANGES",
        "SurveyObject": "catalogue.api.shapes.research.SURVEY",
        "QuestionKind": "catalogue.api.shapes.research.QUESTION_KINDS",
        "IdeaState": "catalogue.models.IdeaState.choices",
        "IdeaMove": "catalogue.api.shapes.ideas.MOVES",
        "IdeaExtent": "catalogue.models.Extent.choices",
        "IdeaLinkKind": "catalogue.models.LinkKind.choices",
        "EvidenceKind": "catalogue.models.EvidenceKind.choices",
        "EvidenceStrength": "catalogue.models.Strength.choices",
        "SuppressionSource": "catalogue.models.SuppressionSource.choices",
        "ErasureState": "catalogue.models.ErasureState.choices",
        "ChangeOperation": "catalogue.api.shapes.members.OPERATIONS",
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}

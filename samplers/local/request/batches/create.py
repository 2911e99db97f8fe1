"""POST and GET /v1/batches: which batch is to be made, and which are asked for."""

from dataclasses import dataclass

from starlette.datastructures import QueryParams

from samplers.local.request import checks
from samplers.local.request.errors import missing, unknown, wrong_body
from samplers.local.request.files.upload import LEAST_SECONDS, MOST_SECONDS

MODERATIONS = "/v1/moderations"  # the other ones are for a model that is served
# Of OpenAI's, those that are here.
ENDPOINTS = ("/v1/chat/completions", "/v1/responses", "/v1/completions", MODERATIONS)
WINDOW = "24h"
WINDOW_SECONDS = 24 * 3600
REQUIRED = ("input_file_id", "endpoint", "completion_window")
FIELDS = (*REQUIRED, "metadata", "output_expires_after")
LONGEST_ID = 200
LONGEST_LIST = 100
DEFAULT_LIST = 20


@dataclass(frozen=True)
class NewBatch:
    """A batch that is to be made; its results are kept for `output_seconds`."""

    input_file_id: str
    endpoint: str
    metadata: dict | None
    output_seconds: int


@dataclass(frozen=True)
class BatchList:
    """The query of a list, checked; an `after` of None was not given."""

    after: str | None
    limit: int


def new_batch(body) -> NewBatch:
    """ApiError (400) for the first wrong thing: missing, then unknown fields, then values."""
    if not isinstance(body, dict):
        raise wrong_body(body)
    for name in REQUIRED:
        if body.get(name) is None:
            raise missing(name)
    for name in body:
        if name not in FIELDS:
            raise unknown(name, FIELDS)

    metadata = body.get("metadata")
    if metadata is not None:
        metadata = checks.mapping(checks.string(512), 16, 64)("metadata", metadata)
    checks.one_of(WINDOW)("completion_window", body["completion_window"])
    return NewBatch(
        checks.string(LONGEST_ID)("input_file_id", body["input_file_id"]),
        checks.one_of(*ENDPOINTS)("endpoint", body["endpoint"]),
        metadata,
        _output_seconds("output_expires_after", body.get("output_expires_after")),
    )


def batch_list(query: QueryParams) -> BatchList:
    """ApiError (400) for a wrong query."""
    limit = checks.whole_number("limit", query.get("limit", str(DEFAULT_LIST)))
    return BatchList(query.get("after"), checks.integer(1, LONGEST_LIST)("limit", limit))


def _output_seconds(name: str, value) -> int:
    """How long the results are kept. OpenAI keeps them for ever if nothing is said."""
    if value is None:
        return MOST_SECONDS
    given = checks.only_fields(name, value, "anchor", "seconds")
    checks.one_of("created_at")(f"{name}.anchor", checks.required(name, given, "anchor"))
    seconds = checks.required(name, given, "seconds")
    return checks.integer(LEAST_SECONDS, MOST_SECONDS)(f"{name}.seconds", seconds)

"""The queries of the paths under /v1/responses/{id}, checked."""

from dataclasses import dataclass

from starlette.datastructures import QueryParams

from samplers.local.dialects.responses.request.fields import INCLUDE as INCLUDABLE
from samplers.local.dialects.responses.state import errors
from samplers.local.request import checks
from samplers.local.request.errors import unknown

LONGEST_LIST = 100
DEFAULT_LIST = 20
ORDERS = ("asc", "desc")
TRUTHS = ("true", "false")
# What both of them have; OpenAI's SDK writes a list's name with brackets.
LISTS = ("include", "include[]")


@dataclass(frozen=True)
class ItemList:
    """Which items are asked for; an `after` of None was not given."""

    after: str | None
    limit: int
    order: str


def check_retrieve(query: QueryParams) -> None:
    """ApiError (400) for a query of GET /v1/responses/{id} that cannot be answered."""
    _check_names(query, "include_obfuscation", "starting_after", "stream")
    stream = checks.one_of(*TRUTHS)("stream", query.get("stream", "false"))
    if stream == "true" or "starting_after" in query:
        raise errors.stored_streamed()


def item_list(query: QueryParams) -> ItemList:
    """ApiError (400) for a wrong query of a list of items."""
    _check_names(query, "after", "limit", "order")
    limit = checks.whole_number("limit", query.get("limit", str(DEFAULT_LIST)))
    return ItemList(
        query.get("after"),
        checks.integer(1, LONGEST_LIST)("limit", limit),
        checks.one_of(*ORDERS)("order", query.get("order", "desc")),
    )


def _check_names(query: QueryParams, *names: str) -> None:
    for name in query:
        if name not in (*LISTS, *names):
            raise unknown(name, names)
    for name in LISTS:
        for value in query.getlist(name):
            checks.one_of(*INCLUDABLE)("include", value)

"""GET /v1/files: which files are asked for."""

from dataclasses import dataclass

from starlette.datastructures import QueryParams

from samplers.local.request import checks

LONGEST_LIST = 10_000


@dataclass(frozen=True)
class FileList:
    """The query, checked; a `purpose` or an `after` of None was not given."""

    purpose: str | None
    after: str | None
    order: str
    limit: int


def file_list(query: QueryParams) -> FileList:
    """ApiError (400) for a wrong query. A purpose that no file has makes an empty list."""
    limit = checks.whole_number("limit", query.get("limit", str(LONGEST_LIST)))
    return FileList(
        purpose=query.get("purpose"),
        after=query.get("after"),
        order=checks.one_of("asc", "desc")("order", query.get("order", "desc")),
        limit=checks.integer(1, LONGEST_LIST)("limit", limit),
    )

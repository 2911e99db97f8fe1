"""A page of a list."""


def page(objects: list[dict], limit: int) -> dict:
    """The first `limit` objects as OpenAI's list; if there are more, a next page has them.

    The ids are "" where it is empty: OpenAI's API file asks for a string.
    """
    shown = objects[:limit]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else "",
        "last_id": shown[-1]["id"] if shown else "",
        "has_more": len(objects) > limit,
    }

"""GET /v1/models and /v1/models/{model} in Anthropic's form: where its version header is there.

Source: the types of its SDK (anthropic 2.14.0), which needs `lifecycle`.
"""

from datetime import UTC, datetime

from starlette.datastructures import QueryParams

from samplers.local.dialects.anthropic.checks import wrong
from samplers.local.engine.model import ServedModel, named
from samplers.local.request.errors import ApiError

DEFAULT_LIMIT = 20
MOST = 1000
LIFECYCLES = ("active", "deprecated", "retired")


def one_model(models: tuple[ServedModel, ...], name: str) -> dict:
    """A model. ApiError (404) if the endpoint has none of that name."""
    model = named(models, name)
    if model is None:
        raise ApiError(404, f"model: {name[:200]}", code="model_not_found")
    return _model(model)


def model_page(models: tuple[ServedModel, ...], query: QueryParams) -> dict:
    """The page of the models that a query asks for. ApiError (400) for a wrong one."""
    limit = _limit(query.get("limit"))
    listed = [_model(model) for model in models]
    if "active" not in _lifecycles(query):
        listed = []

    ids = [model["id"] for model in listed]
    after = _place(query, "after_id", ids)
    before = _place(query, "before_id", ids)
    if after is not None and before is not None:
        raise wrong("after_id", "only one of `after_id` and `before_id` may be given")
    if before is not None:
        shown = listed[max(0, before - limit) : before]
        has_more = before > limit
    else:
        start = 0 if after is None else after + 1
        shown = listed[start : start + limit]
        has_more = len(listed) > start + limit

    return {
        "data": shown,
        "has_more": has_more,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
    }


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise wrong("limit", "Input should be a valid integer")
    if not 1 <= int(text) <= MOST:
        raise wrong("limit", f"Input should be between 1 and {MOST}")
    return int(text)


def _lifecycles(query: QueryParams) -> list[str]:
    given = [*query.getlist("lifecycle"), *query.getlist("lifecycle[]")]
    named = [name for text in given for name in text.split(",")]
    for name in named:
        if name not in LIFECYCLES:
            raise wrong("lifecycle", "Input should be 'active', 'deprecated' or 'retired'")
    return named or list(LIFECYCLES[:2])


def _place(query: QueryParams, name: str, ids: list[str]) -> int | None:
    ident = query.get(name)
    if ident is None:
        return None
    if ident not in ids:
        raise wrong(name, f"there is no model '{ident[:80]}'")
    return ids.index(ident)


def _model(model: ServedModel) -> dict:
    created = datetime.fromtimestamp(model.created, UTC)
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.id,
        "created_at": created.isoformat().replace("+00:00", "Z"),
        "lifecycle": "active",
        "max_input_tokens": model.engine.context,
        "max_tokens": model.engine.context,
    }

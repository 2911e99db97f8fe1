"""The answers of GET /v1beta/models and /v1beta/models/{m}: the endpoint's models, as Google's."""

from collections.abc import Mapping

from samplers.local.dialects.gemini.errors import invalid
from samplers.local.dialects.gemini.request import PREFIX
from samplers.local.engine.model import ServedModel

METHODS = ["generateContent", "countTokens"]
MOST_ON_A_PAGE = 50  # as at Google where no pageSize is named


def model_list(models: tuple[ServedModel, ...], query: Mapping[str, str]) -> dict:
    """One page of the models; `query` may have pageSize and pageToken, the number of the first."""
    size = _whole_number(query, "pageSize", "page_size") or MOST_ON_A_PAGE
    first = _whole_number(query, "pageToken", "page_token")
    page = [one_model(model) for model in models[first : first + size]]
    is_last = first + size >= len(models)
    return {"models": page} | ({} if is_last else {"nextPageToken": str(first + size)})


def _whole_number(query: Mapping[str, str], *names: str) -> int:
    """The number that a query has by one of two names; 0 if it has none."""
    value = next((query[name] for name in names if query.get(name)), "0")
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise invalid(names[1], f"'{value[:40]}' is not valid.")
    return int(value)


def one_model(model: ServedModel) -> dict:
    """A model in Google's form. The limits are those of its context, which both sides share."""
    context = model.engine.context
    kind = "a simulated reasoning model over it" if model.reasoning else "the local model"
    thinking = {"thinking": True} if model.reasoning else {}
    return {
        "name": f"{PREFIX}{model.id}",
        "version": model.fingerprint,
        "displayName": model.id,
        "description": f"Samplers' local endpoint: {kind}.",
        "inputTokenLimit": context,
        "outputTokenLimit": context,
        "supportedGenerationMethods": METHODS,
        "temperature": 1,
        "maxTemperature": 2,
        "topP": 1,
        **thinking,
    }

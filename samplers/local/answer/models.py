"""The answers of GET /v1/models and /v1/models/{model}."""

from samplers.local.engine.logits.reader import Logits
from samplers.local.engine.model import (
    OWNER,
    SHUTDOWN_DATE,
    SIMULATED,
    ServedModel,
    Settings,
    named,
)
from samplers.local.request.errors import ApiError
from samplers.local.request.extensions import vllm


def model_list(models: tuple[ServedModel, ...]) -> dict:
    """The models that chat; README and the errors of its path name the one that transcribes."""
    return {"object": "list", "data": [_model(model) for model in models]}


def one_model(models: tuple[ServedModel, ...], name: str) -> dict:
    """ApiError (404) if the endpoint has no model of that name."""
    model = named(models, name)
    if model is None:
        message = f"The model '{name[:200]}' does not exist"
        raise ApiError(404, message, param="model", code="model_not_found")
    return _model(model)


def extensions_header(settings: Settings) -> dict[str, str]:
    """The header that says whose parameters are taken besides OpenAI's; {} if nobody's are."""
    return {"x-samplers-extensions": vllm.NAME} if settings.extended else {}


def logits_header(logits: Logits) -> dict[str, str]:
    """The header that says how whole distributions are had: exactly, or through JSON, and why."""
    how = f"json; {logits.why}" if logits.why else "exact"
    return {"x-samplers-logits": how.encode("ascii", "replace").decode()[:300]}


def _model(model: ServedModel) -> dict:
    extended = model.settings.extended and not model.reasoning
    extensions = {"samplers_extensions": [vllm.NAME]} if extended else {}
    return {
        "id": model.id,
        "object": "model",
        "created": model.created,
        "owned_by": SIMULATED if model.reasoning else OWNER,
        "shutdown_date": SHUTDOWN_DATE if model.reasoning else None,
        **extensions,
    }

"""The answers of GET /v1/models and /v1/models/{model}."""

from samplers.local.engine.model import ServedModel
from samplers.local.request.errors import ApiError


def model_list(model: ServedModel) -> dict:
    return {"object": "list", "data": [_model(model)]}


def one_model(model: ServedModel, name: str) -> dict:
    """ApiError (404) if the endpoint has no model of that name."""
    if name != model.id:
        message = f"The model '{name[:200]}' does not exist"
        raise ApiError(404, message, param="model", code="model_not_found")
    return _model(model)


def _model(model: ServedModel) -> dict:
    return {"id": model.id, "object": "model", "created": model.created, "owned_by": "samplers"}

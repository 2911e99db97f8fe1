"""Whether a JSON text is what an SDK's types say, strictly and with no field besides."""

from collections.abc import Collection

from pydantic import BaseModel


def strict(kind: type[BaseModel], text: str, ours: Collection[str] = ()) -> BaseModel:
    """The SDK's object of a JSON text."""
    value = kind.model_validate_json(text, strict=True)
    no_others(value, ours)
    return value


def no_others(value, ours: Collection[str] = ()) -> None:
    """Fails if a field is neither the SDK's nor one of `ours`."""
    if isinstance(value, list):
        for item in value:
            no_others(item, ours)
    elif isinstance(value, BaseModel):
        assert not (value.model_extra or {}).keys() - set(ours), value
        for name in value.model_fields_set:
            no_others(getattr(value, name), ours)

"""The model that the endpoint serves: the engine that runs it, its name, and how it samples."""

from dataclasses import dataclass

from samplers.local.engine.calls import Engine


@dataclass(frozen=True)
class Settings:
    """How the endpoint samples, for every request.

    `order` is "openai" or "llama.cpp". `processed`: logprobs are those after the chain, not the
    model's own.
    """

    order: str = "openai"
    processed: bool = False


@dataclass(frozen=True)
class ServedModel:
    """An engine with its settings. `id`, `fingerprint` and `created` go into every answer."""

    engine: Engine
    settings: Settings
    id: str
    fingerprint: str
    created: int  # seconds since 1970

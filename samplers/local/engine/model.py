"""The models that the endpoint serves: the engine that runs them, their names, how it samples.

Both are one model. The second is a simulation: it keeps to the rules of OpenAI's reasoning models,
and thinks before it answers.
"""

from dataclasses import dataclass, field, replace

from samplers.local.engine.calls import Engine
from samplers.local.engine.images.reader import Reader
from samplers.local.engine.logits.reader import Logits
from samplers.wire.models import REASONING_SUFFIX

OWNER = "samplers"
SIMULATED = "samplers-simulation"
# A date for lessons: nothing ends then.
SHUTDOWN_DATE = "2027-12-31"


@dataclass(frozen=True)
class Settings:
    """How the endpoint samples, for every request.

    `order` is that of an entry of `samplers.engines.ENGINES`: "openai", "llama.cpp", or "vllm",
    whose parameters are then taken, too. `processed`: logprobs are those after the chain, not the
    model's own.
    """

    order: str = "openai"
    processed: bool = False

    @property
    def extended(self) -> bool:
        """Whether requests may have vLLM's parameters."""
        return self.order == "vllm"


@dataclass(frozen=True)
class ServedModel:
    """An engine with its settings. `id`, `fingerprint` and `created` go into every answer.

    `logits` are the model's own, past the engine. `reasoning`: it is the simulated reasoning model.
    `images` reads the text in images.
    """

    engine: Engine
    logits: Logits
    settings: Settings
    id: str
    fingerprint: str
    created: int  # seconds since 1970
    reasoning: bool = False
    images: Reader = field(default_factory=Reader)


def served(plain: ServedModel, profile: str) -> tuple[ServedModel, ...]:
    """The models that the endpoint lists, in that order; `profile` is plain, reasoning or both."""
    reasoning = replace(plain, id=plain.id + REASONING_SUFFIX, reasoning=True)
    return {"plain": (plain,), "reasoning": (reasoning,), "both": (plain, reasoning)}[profile]


def named(models: tuple[ServedModel, ...], name) -> ServedModel | None:
    """The model with that id, or None."""
    return next((model for model in models if model.id == name), None)

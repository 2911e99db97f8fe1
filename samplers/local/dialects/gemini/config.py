"""generationConfig: the sampling parameters, in OpenAI's form and beside it.

Ranges as Google's reference has them (ai.google.dev/api/generate-content#generationconfig) and the
facts of 2026-11-28. Models of Gemini 3 and later refuse penalties ("Penalty is not enabled for this
model", third-party), and Google advises against sampling parameters there; the local model can do
all of them and takes them, whether it thinks or not.
"""

from samplers.local.dialects.gemini.errors import invalid
from samplers.wire.logprobs import MAX_TOP_LOGPROBS

PLACE = "generation_config"
RANGES = {  # field: (OpenAI's field, least, most)
    "temperature": ("temperature", 0, 2),
    "top_p": ("top_p", 0, 1),
    "presence_penalty": ("presence_penalty", -2, 2),
    "frequency_penalty": ("frequency_penalty", -2, 2),
    "candidate_count": ("n", 1, 8),
    "max_output_tokens": ("max_tokens", 1, None),
    "seed": ("seed", None, None),
}
MOST_STOPS = 5


def sampling(config: dict) -> dict:
    """OpenAI's fields of what the config says of sampling and logprobs."""
    body = {}
    for name, (ours, low, high) in RANGES.items():
        if name in config:
            _check(name, config[name], low, high)
            body[ours] = config[name]
    return body | _logprobs(config)


def own_fields(config: dict) -> dict:
    """Fields of a ChatRequest that OpenAI's form does not have, or not like this."""
    own = {}
    if "top_k" in config:
        _check("top_k", config["top_k"], 1, None)
        own["top_k"] = config["top_k"]
    stops = tuple(config.get("stop_sequences", ()))
    if len(stops) > MOST_STOPS:
        raise invalid(f"{PLACE}.stop_sequences", f"at most {MOST_STOPS} are allowed.")
    if "" in stops:
        raise invalid(f"{PLACE}.stop_sequences[{stops.index('')}]", "cannot be empty")
    return own | {"stop": stops}


def check_modalities(config: dict) -> None:
    """ApiError for an answer in anything but text."""
    for kind in config.get("response_modalities", ()):
        if kind in ("IMAGE", "AUDIO"):
            text = f"this model does not support the output modality {kind}."
            raise invalid(f"{PLACE}.response_modalities", text)


def _check(name: str, value: float, low: float | None, high: float | None) -> None:
    is_low = low is not None and value < low
    if is_low or (high is not None and value > high):
        most = "" if high is None else f" and at most {high}"
        raise invalid(f"{PLACE}.{name}", f"must be at least {low}{most}, got {value}.")


def _logprobs(config: dict) -> dict:
    top = config.get("logprobs")
    if not config.get("response_logprobs"):
        if top is not None:
            raise invalid(f"{PLACE}.logprobs", "only allowed if response_logprobs is true.")
        return {}
    if top is None:
        return {"logprobs": True}
    _check("logprobs", top, 0, MAX_TOP_LOGPROBS)
    return {"logprobs": True, "top_logprobs": top}

"""The fields of a response that repeat its request, with the defaults of those that it left out."""

from samplers.local.dialects.responses.request.text import PLAIN, VERBOSITY

REPEATED = {
    "background": False,
    "conversation": None,
    "frequency_penalty": 0.0,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "presence_penalty": 0.0,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "prompt_cache_retention": None,
    "safety_identifier": None,
    "store": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}


def echo(given: dict, effort: str | None) -> dict:
    """The fields. `given` are the request's checked ones; `effort` is None where nothing thinks."""
    repeated = {name: given.get(name, default) for name, default in REPEATED.items()}
    repeated["text"] = {"format": PLAIN, "verbosity": VERBOSITY}
    if "text" in given:
        repeated["text"] = given["text"].echo
    if "prompt_cache_options" in given:
        options = given["prompt_cache_options"]
        chosen = {"mode": options.get("mode") or "implicit", "ttl": options.get("ttl") or "30m"}
        repeated["prompt_cache_options"] = chosen
    repeated["tools"] = [tool.echo for tool in given.get("tools", ())]
    repeated["reasoning"] = {"effort": effort, "summary": _summary(given)}
    repeated["service_tier"] = "default"  # the only one that there is
    return repeated


def _summary(given: dict) -> str | None:
    summary = given.get("reasoning", {}).get("summary")
    # as OpenAI resolves it (2026-09-24, gpt-6-luna, third-party)
    return "detailed" if summary == "auto" else summary

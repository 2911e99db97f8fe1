"""An OpenAI Chat Completions request as a request of Anthropic's Messages API."""

from copy import deepcopy

from samplers.api.dialects.anthropic.history import conversation
from samplers.api.dialects.anthropic.leftovers import without_nulls
from samplers.api.dialects.anthropic.parameters import parameters
from samplers.api.dialects.anthropic.tools import PARAMETERS, tools_to_anthropic
from samplers.api.dialects.anthropic.version import VERSION, check_version
from samplers.api.dialects.checks import dict_at
from samplers.api.dialects.dialect import Translated


def request(body: dict, version: str = VERSION) -> Translated:
    """Anthropic's request for OpenAI's, as of 2026-11-28.

    `version`: the `anthropic-version` that it is sent with, "2026-10-21" or "2023-06-01". The newer
    refuses temperature, top_p and top_k, so they are left out; the older takes a temperature of at
    most 1. A request without a limit gets one of 4096 tokens, because Anthropic needs one.

    ValueError names the place of what the form cannot carry.
    """
    check_version(version)
    lost: list[str] = []
    body = without_nulls(deepcopy(dict_at(body, "the request")))
    messages = body.pop("messages", None)
    others = {name: value for name, value in body.items() if name not in (*PARAMETERS, "model")}

    made = {"model": body["model"]} if "model" in body else {}
    made |= parameters(others, version, lost)
    made |= conversation(messages, lost)
    made |= tools_to_anthropic(body, lost)
    return Translated(made, tuple(lost))

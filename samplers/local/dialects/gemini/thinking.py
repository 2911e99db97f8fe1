"""thinkingConfig: how much the simulated reasoning model thinks before it answers.

The levels and budgets are Gemini's (google-genai 3.6.1), the number of tokens is the endpoint's own
(`request/scratchpad.py`): a level is the effort of that name, and a budget the greatest of these
whose thoughts fit into it, or the least effort where none fits. MINIMAL, which at Google is "close
to no thinking", is none here. A model that does not think refuses both in Google's words: "Thinking
budget is not supported for this model." (aduermael/herm#23, 2026-04-11), "Thinking level …"
(RooCodeInc/Roo-Code#10700, 2026-01-13).
"""

from samplers.local.dialects.gemini.errors import invalid
from samplers.local.request.errors import bad_request
from samplers.local.request.reasoning import DEFAULT_EFFORT
from samplers.local.request.scratchpad import MOST

PLACE = "generation_config.thinking_config"
LEVELS = {"MINIMAL": "none", "LOW": "low", "MEDIUM": "medium", "HIGH": "high", "XHIGH": "xhigh"}
DYNAMIC = -1  # a budget: the model decides


def effort(config: dict, reasoning: bool) -> str:
    """The effort that a `thinkingConfig` asks for. `reasoning`: of the model that thinks."""
    budget = config.get("thinking_budget")
    level = config.get("thinking_level", "THINKING_LEVEL_UNSPECIFIED")
    has_level = level != "THINKING_LEVEL_UNSPECIFIED"
    if budget is not None and has_level:
        raise bad_request("You can only set one of thinking budget and thinking level.", PLACE)
    if budget is not None and budget < DYNAMIC:
        raise invalid(f"{PLACE}.thinking_budget", "must be -1, 0 or more.")

    if not reasoning:
        if has_level:
            raise bad_request("Thinking level is not supported for this model.", PLACE)
        if budget:
            raise bad_request("Thinking budget is not supported for this model.", PLACE)
        return "none"
    if has_level:
        return LEVELS[level]
    if budget is None or budget == DYNAMIC:
        return DEFAULT_EFFORT
    return _within(budget)


def shows_thoughts(config: dict, effort: str) -> bool:
    """Whether the answer has the thoughts, as parts of their own. ApiError if there are none."""
    shown = config.get("include_thoughts", False)
    if shown and effort == "none":
        raise invalid(f"{PLACE}.include_thoughts", "only enabled when thinking is enabled.")
    return shown


def _within(budget: int) -> str:
    """The greatest effort whose thoughts have at most so many tokens, at least the least one."""
    if budget == 0:
        return "none"
    efforts = [name for name in LEVELS.values() if name in MOST]
    fitting = [name for name in efforts if MOST[name] <= budget]
    return fitting[-1] if fitting else efforts[0]

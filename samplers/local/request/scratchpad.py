"""What the simulated reasoning model writes for itself before it answers.

SmolLM2 was not trained to think, so all of this is our own choice. The thoughts are drawn as an
assistant's message that begins with OPENING. The answer is then drawn with the thoughts in the
prompt: they stand in a system message before the last message. (As a message of the assistant, or
after the question, they confuse a model of this size: of 20 answers to four simple questions 8 and
6 were to the point; like this 16; and 13 without any thoughts.) It costs a second reading of the
last message. At the end of that message they would save it, but answers seem worse. In a second
trial, of six to eight questions at low effort, 40 of 188 answers were to the point then (in three
wordings; the best had 23 of 94), 28 of 94 like this, and 29 of 94 without any thoughts.
"""

from dataclasses import dataclass

from samplers.local.engine.calls import Engine
from samplers.local.engine.remember import remember

OPENING = "Let me think step by step."
NOTES = "You are a helpful assistant. These are your notes about the question:"
TEMPERATURE = 0.5  # of the thoughts; at 1 a model of this size loses its thread
# The most tokens of the thoughts, by effort; Chat has no "max". OpenAI's models take hundreds or
# thousands, for which a laptop would need a minute.
MOST = {"low": 32, "medium": 96, "high": 192, "xhigh": 384, "max": 768}
# Tokens of the context that are left for NOTES and what stands around them.
SPARE = 64


@dataclass(frozen=True)
class Scratchpad:
    """The token ids that the thoughts begin with, and the most tokens of the thoughts."""

    opening: list[int]
    most: int


async def scratchpad(engine: Engine, effort: str) -> Scratchpad | None:
    """The scratchpad for an effort; None for the effort none."""
    if effort == "none":
        return None
    return Scratchpad(await _opening(engine), MOST[effort])


@remember
async def _opening(engine: Engine) -> list[int]:
    return await engine.tokenize(OPENING, control=False)


def with_notes(messages: list[dict], thoughts: str) -> list[dict]:
    """The messages that the answer is drawn after."""
    notes = {"role": "system", "content": NOTES + thoughts}
    return [*messages[:-1], notes, messages[-1]]

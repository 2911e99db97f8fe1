"""Whether the engine keeps to a grammar, and the token that shows when it does not.

llguidance keeps to a JSON Schema exactly, and refuses one that it cannot keep to; but llama.cpp
then goes on without a grammar and reports nothing. So a token that none of our grammars allows, the
guard, gets a huge bias in each constrained answer: it is drawn if, and only if, no grammar is in
force.

The bias has a second use. llama.cpp draws first and applies a grammar only if that draw breaks it.
With the guard the first draw always does, so that every token comes from one distribution: the
grammar's mask first, then the chain.
"""

from functools import cache

from samplers.local.engine.calls import Engine
from samplers.local.engine.remember import remember

# JSON without spaces has no line breaks: in a string they are written \n.
GUARD = b"\n"
GUARD_BIAS = 1e6


def guard_id(engine: Engine) -> int:
    """The id of the token that none of our grammars allows."""
    return engine.vocabulary.ids[GUARD]


@remember
async def fault(engine: Engine, grammar: str) -> str | None:
    """Why the engine cannot enforce a grammar, "" if it does not say why; None if it can.

    Only what passes its trial in a process of its own reaches the engine.
    """
    if not available():
        return ""
    why = await engine.trials.fault(grammar)
    if why is not None:
        return why
    return None if await _enforced(engine, grammar) else ""


async def _enforced(engine: Engine, grammar: str) -> bool:
    """Whether the engine keeps to a grammar: it draws one token with it."""
    guard = guard_id(engine)
    body = {
        "prompt": [0],
        "n_predict": 1,
        "temperature": 0.0,
        "grammar": grammar,
        "logit_bias": [(guard, GUARD_BIAS)],
        "return_tokens": True,
    }
    async with engine.slots.side() as slot:
        answer = await engine.complete(body | {"id_slot": slot.id})

    return answer["tokens"] != [guard]


@cache
def available() -> bool:
    """Whether this build of llama.cpp has llguidance.

    One without it would end the process at such a grammar.
    """
    # here: server.load sets what OpenMP reads before the engine's library is first imported
    import xllamacpp

    return xllamacpp.json_schema_to_grammar({"type": "object"}).startswith("%llguidance")

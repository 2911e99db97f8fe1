"""The grammars that an answer keeps to, tried before the engine gets them.

A grammar that fails is looked into: the error names the part of the schema that fails by itself.
"""

import time

from samplers.local.engine.calls import Engine
from samplers.local.engine.grammars.exact.rules import NotExact, alone
from samplers.local.engine.grammars.grammar import of_calls, of_schema
from samplers.local.engine.grammars.guard import fault
from samplers.local.request.chat import ChatRequest
from samplers.local.request.errors import ApiError, bad_request
from samplers.local.request.schema import Refuse
from samplers.local.request.schemas.enforceable import patterns
from samplers.local.request.tools import Tools
from samplers.wire.subschemas import inside

NOT_ENFORCED = "the engine cannot enforce it"
LOOKING = 2.0  # seconds that are spent to find the part that fails


async def grammars(engine: Engine, request: ChatRequest) -> tuple[str | None, str | None]:
    """The grammars of text and of calls, None where there is none.

    ApiError (400) if the engine cannot enforce one.
    """
    text_grammar = None
    if request.response_format is not None:
        format_ = request.response_format
        text_grammar = format_.grammar
        await _check_patterns(engine, format_.schema, format_.refuse)
        why = await fault(engine, text_grammar)
        if why is not None:
            raise await _refusal(engine, format_.schema, format_.refuse, why)

    call_grammar = None
    if request.tools is not None:
        call_grammar = request.tools.grammar
        for function in request.tools.functions:
            await _check_patterns(engine, function.parameters, function.refuse)
        why = await fault(engine, call_grammar)
        if why is not None:
            raise await _tools_refusal(engine, request.tools, why)

    return text_grammar, call_grammar


async def _check_patterns(engine: Engine, schema: dict, refuse: Refuse) -> None:
    """Refuses a pattern that the engine would give up in the middle of a text."""
    for context, keyword, pattern in patterns(schema):
        grammar = of_schema({"type": "string", "pattern": pattern})
        why = await engine.trials.fault(grammar)
        if why is not None:
            raise refuse(_sentence((*context, keyword), why))


async def _tools_refusal(engine: Engine, tools: Tools, why: str) -> ApiError:
    """The error of the first function that cannot be enforced, or of all together."""
    for function in tools.functions:
        alone_ = of_calls({function.name: function.parameters}, 1)
        its_own = await fault(engine, alone_)
        if its_own is not None:
            return await _refusal(engine, function.parameters, function.refuse, its_own)
    message = "Invalid 'tools': the engine cannot enforce all these functions together"
    return bad_request(f"{message}{': ' + why if why else ''}.", "tools", "invalid_value")


async def _refusal(engine: Engine, schema: dict, refuse: Refuse, why: str) -> ApiError:
    """The error for the innermost part of a schema that fails by itself."""
    part = schema
    context: tuple[str, ...] = ()
    end = time.monotonic() + LOOKING
    found = True
    while found:
        found = False
        for keys, inner in inside(part):
            if time.monotonic() > end:
                break
            its_own = await _alone(engine, inner, schema)
            if its_own is not None:
                part = inner
                context = (*context, *keys)
                why = its_own
                found = True
                break
    return refuse(_sentence(context, why))


async def _alone(engine: Engine, part, root: dict) -> str | None:
    if not isinstance(part, dict):
        return None
    try:
        return await engine.trials.fault(of_schema(alone(part, root)))
    except NotExact:
        return None  # a number that its surroundings allow


def _sentence(context: tuple[str, ...], why: str) -> str:
    return f"In context={context}, {NOT_ENFORCED}{': ' + why if why else ''}."

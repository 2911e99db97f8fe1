"""Ask whether an endpoint can do what a cell of a lesson needs, and say so where it cannot."""

from collections.abc import Callable
from importlib.util import find_spec
from io import BytesIO
from weakref import WeakKeyDictionary

from samplers.api import APIError, image_part, list_batches, transcribe
from samplers.wire.models import model_row

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
# a WAV file: 0.2 seconds, 8,000 samples of 8 bits a second
SILENCE = (
    b"RIFF" + (1_636).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\1\0\1\0"
    b"\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data" + (1_600).to_bytes(4, "little") + b"\x80" * 1_600
)
OF_LOGITS = ("raw logits", "score text")  # our endpoint says why it cannot do these
# What a trial found, by client and then by (ability, model).
_found: WeakKeyDictionary = WeakKeyDictionary()


def can(client, *needs: str) -> bool:
    """Whether the endpoint of `client` can do all that a cell needs.

    If it cannot, one line is printed, "Skipped here: …", which says why. `needs` are names of
    NEEDS: can(client, "tokenize", "all logprobs"). ValueError for another name. What the endpoint
    does not say of itself is tried with one call, once; nothing is tried where calls cost money.
    """
    unknown = [name for name in needs if name not in NEEDS]
    if unknown or not needs:
        raise ValueError(f"needs must be some of {', '.join(NEEDS)}, got {unknown or 'none'}")

    for name in needs:
        test, why = NEEDS[name]
        if not test(client):
            reason = client.abilities.slow_logprobs if name in OF_LOGITS else None
            print(f"Skipped here: {why}{f' ({reason})' if reason else ''}.")
            return False
    return True


def _takes(name: str) -> Callable:
    """A test: does the model take the parameter?"""
    return lambda client: name not in (_row(client).get("refused") or ())


def _row(client) -> dict:
    """The model's row in the table of models; empty if it is not known."""
    ours = client.abilities.engine == "samplers"
    return model_row(client.model, ours) or {}


def _tokenizes(client) -> bool:
    known = client.abilities
    return known.tokenizes or (known.tokenizes is None and _tried(client, "tokenize", _tokenize))


def _tokenize(client) -> bool:
    return len(client.tokenize("Hello!")) > 0


def _shows_logits(client) -> bool:
    """Ours does, but for where its logprobs are those after the chain."""
    if client.abilities.engine != "samplers" or not client.abilities.scores:
        return False
    return _tried(client, "raw logits", lambda client: client.next_token("a", "all").raw_logits)


def _draws(client) -> bool:
    """`transformers serve` is greedy unless the model's generation_config has do_sample."""
    if client.abilities.engine == "transformers":
        return _tried(client, "temperature", _two_answers)
    return _row(client).get("sampling") != "never"


def _two_answers(client) -> bool:
    answers = client.chat("Tell me a story.", temperature=2, n=2, max_completion_tokens=8)
    first, second = (choice.text for choice in answers.choices)
    return first != second


def _calls_functions(client) -> bool:
    if client.abilities.engine == "samplers":
        return True
    if client.budget is not None:
        return _row(client).get("tools") != "never"
    return _tried(client, "function calls", _call_function)


def _call_function(client) -> bool:
    answer = client.chat(
        "What is the weather in Rome?",
        tools=[TOOL],
        tool_choice="required",
        temperature=0,
        max_completion_tokens=60,
    )
    return len(answer.tool_calls) > 0


def _keeps_schemas(client) -> bool:
    if client.abilities.engine == "samplers" or client.budget is not None:
        return True
    return _tried(client, "schemas", _keep_schema)


def _keep_schema(client) -> bool:
    schema = {"name": "place", "schema": TOOL["function"]["parameters"]}
    form = {"type": "json_schema", "json_schema": schema}
    answer = client.chat("Say hello.", response_format=form, temperature=0, max_completion_tokens=8)
    return answer.text.lstrip().startswith("{")


def _responds(client) -> bool:
    known = client.abilities.responses
    return bool(known) if known is not None else _tried(client, "responses", _respond)


def _respond(client) -> bool:
    return client.respond("Hello!", max_output_tokens=16, store=False).is_finished


def _stores(client) -> bool:
    known = client.abilities.stores
    return bool(known) if known is not None else _tried(client, "stored responses", _go_on)


def _go_on(client) -> bool:
    """Whether a second response has read the first one, too."""
    first = client.respond("Hello!", max_output_tokens=16)
    second = client.respond("Hello!", previous=first, max_output_tokens=16)
    for response in (first, second):
        client.delete_response(response)
    return second.usage.prompt_tokens > first.usage.prompt_tokens + 8


def _moderates(client) -> bool:
    """OpenAI does, and there it costs nothing."""
    return client.budget is not None or _tried(client, "moderations", _moderate)


def _moderate(client) -> bool:
    return len(client.moderate("Hello!")) == 1


def _takes_batches(client) -> bool:
    """OpenAI does."""
    return client.budget is not None or _tried(client, "batch", _list_batches)


def _list_batches(client) -> bool:
    return isinstance(list_batches(client), list)


def _sees(client) -> bool:
    """OpenAI's models do whose rule for pictures is known: the others cannot be priced."""
    if client.budget is not None:
        return bool(_row(client).get("image"))
    return _tried(client, "images", _look)


def _look(client) -> bool:
    from PIL import Image  # here: few lessons have pictures

    file = BytesIO()
    Image.new("L", (64, 64), "white").save(file, "PNG")
    parts = [{"type": "text", "text": "What is it?"}, image_part(file.getvalue(), "low")]
    answer = client.chat([{"role": "user", "content": parts}], max_completion_tokens=1)
    return len(answer.choices) == 1


def _reads(client) -> bool:
    return client.abilities.engine == "samplers" and _sees(client)


def _talks(client) -> bool:
    """Elsewhere it is not tried: a session has no price in the table of models."""
    return client.abilities.engine == "samplers"


def _listens(client) -> bool:
    """The sound that is sent is decoded here, by PyAV."""
    return _talks(client) and find_spec("av") is not None and _transcribes(client)


def _transcribes(client) -> bool:
    return _tried(client, "transcription", _transcribe)


def _transcribe(client) -> bool:
    return transcribe(client, SILENCE).duration is not None


def _tried(client, name: str, trial: Callable) -> bool:
    """What `trial(client)` found, now or earlier. An error of the endpoint means no."""
    if client.budget is not None:
        return False
    found = _found.setdefault(client, {})
    key = name, client.model
    if key not in found:
        try:
            found[key] = trial(client)
        except APIError as error:
            if error.status == 501:  # it may be installed while the lesson runs
                return False
            found[key] = False
    return found[key]


# {what a cell can need: (whether a client's endpoint can do it, what is said if it cannot)}
NEEDS = {
    "tokenize": (_tokenizes, "this endpoint does not show how it cuts a text into tokens"),
    "begin the answer": (
        lambda client: bool(client.abilities.continues),
        "this endpoint lets no answer begin with tokens of ours",
    ),
    "logprobs": (
        lambda client: client.abilities.top_logprobs != 0,
        "this endpoint shows no probabilities",
    ),
    "all logprobs": (
        lambda client: client.abilities.top_logprobs is None,
        "this endpoint does not show the probabilities of all tokens",
    ),
    "raw logits": (_shows_logits, "this endpoint does not show the model's raw logits"),
    "score text": (
        lambda client: client.abilities.scores,
        "this endpoint does not say how probable a given text is",
    ),
    "temperature": (_draws, "no temperature can be set here"),
    "several at once": (
        lambda client: client.abilities.most_choices != 1,
        "this endpoint writes one answer at a time",
    ),
    "stop": (_takes("stop"), "this model takes no stop strings"),
    "logit_bias": (_takes("logit_bias"), "this model takes no logit_bias"),
    "vLLM's parameters": (
        lambda client: {"top_k", "min_p"} <= set(client.abilities.extensions or ()),
        "this endpoint takes no top_k and no min_p",
    ),
    "function calls": (_calls_functions, "this endpoint made no function call where it had to"),
    "responses": (_responds, "this endpoint has no Responses"),
    "stored responses": (_stores, "this endpoint keeps no responses"),
    "moderations": (_moderates, "this endpoint does not say whether a text is harmful"),
    "batch": (_takes_batches, "this endpoint takes no batches"),
    "faults": (
        lambda client: client.abilities.engine == "samplers",
        "this endpoint does not fail on request",
    ),
    "transcription": (
        _transcribes,
        "speech is not turned into text here (the local endpoint needs `make senses`)",
    ),
    "images": (_sees, "pictures are not taken here (the local endpoint needs `make senses`)"),
    "image text": (
        _reads,
        "the text in an image is read by the local endpoint alone, with `make senses`",
    ),
    "realtime": (_talks, "a Realtime session is opened at the local endpoint alone"),
    "spoken realtime": (_listens, "speech in a session needs the local endpoint and `make senses`"),
    "schemas": (_keeps_schemas, "this endpoint takes no notice of a schema"),
}

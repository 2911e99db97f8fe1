"""What an endpoint can do: a table of the engines, filled in by `samplers.api.adapters`."""

from dataclasses import dataclass

from samplers.params import RANGES
from samplers.wire.logprobs import MAX_TOP_LOGPROBS
from samplers.wire.models import model_row, model_table, most


@dataclass(frozen=True)
class Abilities:
    """What an endpoint can do with a model. The defaults are those of an engine that is not known.

    `engine`: "samplers", "vllm", "llama.cpp", "openai", "transformers" or "unknown". `version`:
    None if the endpoint does not report it.
    """

    engine: str = "unknown"
    version: str | None = None
    # the most tokens that a list of logprobs can have; None: the whole vocabulary
    top_logprobs: int | None = MAX_TOP_LOGPROBS
    # the drawn token stands first in its list, in the place of the last of the most probable ones
    drawn_displaces: bool = False
    # it turns a text, and messages in the model's template, into tokens; None: not known
    tokenizes: bool | None = None
    # it takes token ids with which the answer already begins; None: not known
    continues: bool | None = None
    # the most answers to one request (n); None: not known
    most_choices: int | None = None
    # it takes n > 1 at temperature 0
    greedy_choices: bool = True
    # it takes top_p = 0
    zero_top_p: bool = True
    # the parameters of SamplingParams beyond OpenAI's that it acts on; None: not known
    extensions: tuple[str, ...] | None = None
    # its logprobs are the model's own, not those after penalties and temperature; None: not known
    raw_logprobs: bool | None = None
    # a token that is only part of a character has its bytes
    reports_bytes: bool = True
    # it gives each token's log-probability in a text of ours: client.score
    scores: bool = False
    # it has Responses: client.respond; None: not known
    responses: bool | None = None
    # it keeps responses, so that one can go on from another (`previous`); None: not known
    stores: bool | None = None
    # its completions can echo the prompt with logprobs, as lm-eval asks for; None: not known
    echoes: bool | None = None
    # why the whole distribution comes slowly, as our endpoint says it; None: it does not
    slow_logprobs: str | None = None

    def __str__(self) -> str:
        """In words: ``20 logprobs, raw; tokens by /tokenize``."""
        if self.top_logprobs == 0:
            logprobs = "no logprobs"
        else:
            most = self.top_logprobs
            logprobs = "all logprobs" if most is None else f"{most:,} logprobs"
            if self.raw_logprobs is not None:
                logprobs += ", raw" if self.raw_logprobs else ", processed"
        if self.tokenizes is None:
            return logprobs
        return f"{logprobs}; {'tokens by /tokenize' if self.tokenizes else 'no tokenizer'}"


UNKNOWN = Abilities()

# vLLM 0.32, run on 2026-11-28: `--max-logprobs` (20 unless it is named) and `--logprobs-mode` are
# found out by `adapters.vllm`. "n must be 1 when using greedy sampling"; "top_p must be in (0, 1]".
# Responses and echo by its source, read on 2026-11-30 (entrypoints/openai/responses/serving.py): it
# ignores `store` unless it was started with VLLM_ENABLE_RESPONSES_API_STORE=1, which it tells
# nobody, and it has no DELETE.
VLLM = Abilities(
    engine="vllm",
    drawn_displaces=True,
    tokenizes=True,
    continues=True,
    greedy_choices=False,
    zero_top_p=False,
    extensions=("top_k", "min_p", "repetition_penalty"),
    reports_bytes=False,
    responses=True,
    stores=False,
    echoes=True,
)

# llama.cpp b11549, run on 2026-11-28. Its repetition penalty is `repeat_penalty`: a
# repetition_penalty is ignored without a word. The most choices are its slots (/props). On
# 2026-11-30: previous_response_id is refused, text.format and echo are ignored without a word. On
# 2026-12-01: so are background, conversation, prompt and the tool web_search; logprobs by `include`
# are a 400, and a response that was cut at its limit says "completed".
LLAMA_CPP = Abilities(
    engine="llama.cpp",
    top_logprobs=None,
    tokenizes=True,
    continues=True,
    extensions=("top_k", "min_p"),
    raw_logprobs=True,
    responses=True,
    stores=False,
    echoes=False,
)

# `transformers serve` 5.24, run on 2026-11-28: n, logprobs and what it does not know are ignored
# without a word, and it tells neither its name nor its version. So are previous_response_id, store,
# text, tool_choice and echo: run on 2026-11-30.
TRANSFORMERS = Abilities(
    engine="transformers",
    top_logprobs=0,
    tokenizes=False,
    continues=False,
    most_choices=1,
    extensions=(),
    responses=True,
    stores=False,
    echoes=False,
)

# our own endpoint
SAMPLERS = Abilities(
    engine="samplers",
    top_logprobs=None,
    tokenizes=True,
    continues=True,
    most_choices=RANGES["n"][2],
    extensions=(),
    responses=True,
    stores=True,
    echoes=True,
)


def openai_abilities(model: str) -> Abilities:
    """What `model` can do at OpenAI, by the dated table of models. Nothing is asked there.

    For a model that the table does not know, the lowest that was measured there. All its models of
    today are asked by Responses; they have no completions.
    """
    row = model_row(model)
    caps = dict(model_table()["lowest_measured"]["openai"])
    if row is not None:
        known = {name: most(row, name) for name in caps}
        caps |= {name: limit for name, limit in known.items() if limit is not None}
        if row["sampling"] == "never":
            caps["top_logprobs"] = 0
    return Abilities(
        engine="openai",
        top_logprobs=caps["top_logprobs"],
        tokenizes=False,
        continues=False,
        most_choices=caps["n"],
        extensions=(),
        responses=True,
        stores=True,
        echoes=False,
    )

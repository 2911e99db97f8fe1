"""`explore`: an explorer over a distribution, or over a live model."""

from collections.abc import Mapping, Sequence

from samplers.checks import one_of, shown
from samplers.distribution import Distribution
from samplers.engines import ENGINES
from samplers.lab.arguments import Count, checked
from samplers.lab.explorer.live import LiveExplorer
from samplers.lab.explorer.state import bias_text, so_far_text
from samplers.lab.explorer.widget import Explorer
from samplers.lab.widgets import SLIDERS
from samplers.params import SamplingParams


@checked
def explore(
    source,
    prompt: str | Sequence[Mapping] | None = None,
    top: Count = 12,
    engine: str = "openai",
    so_far: str | Sequence[str] = "",
    logit_bias: str | Mapping[str, float] | None = None,
    **initial,
) -> Explorer:
    """Sliders that show what the sampling parameters do to the `top` tokens and the rest.

    `source` is a Distribution, or a Client: then `prompt` is a text or a list of messages that ends
    with the user's, and the distribution follows what is typed. Show it as a cell's last
    expression. `engine` names the preset of the Chain, `so_far` the tokens already produced, which
    the penalties count, `logit_bias` {token: number}. `initial` are the parameters to start from,
    named as in SamplingParams. Of an API's top K only the K listed tokens are explored, without the
    unseen mass. ValueError for a parameter out of range.
    """
    one_of(engine, "engine", ENGINES)
    known = [*SLIDERS, "repetition_penalty"]
    unknown = sorted(set(initial) - set(known))
    if unknown:
        words = ", ".join(known)
        raise ValueError(f"initial parameters must be among {words}, got {', '.join(unknown)}")
    params = SamplingParams(**initial)
    settings = {name: getattr(params, name) for name in known}
    settings |= {"logit_bias": bias_text(logit_bias), "so_far": so_far_text(so_far), "seed": 0}

    if isinstance(source, Distribution):
        if prompt is not None:
            raise ValueError(f"prompt must be left out with a Distribution, got {shown(prompt)}")
        return Explorer(source, top, engine, settings)
    if not hasattr(source, "next_token"):
        raise ValueError(f"source must be a Distribution or a Client, got {shown(source)}")
    return LiveExplorer(source, _messages(prompt), top, engine, settings)


def _messages(prompt: str | Sequence[Mapping] | None) -> list[dict]:
    if isinstance(prompt, str):
        return [{"role": "user", "content": prompt}]
    last = dict(prompt[-1]) if prompt else {}
    if last.get("role") != "user" or not isinstance(last.get("content"), str):
        words = "a text, or messages of which the last is the user's, with a text"
        raise ValueError(f"prompt must be {words}, got {shown(prompt)}")
    return [dict(message) for message in prompt]

"""An endpoint's verdicts on texts and pictures (POST /moderations)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from samplers.api.deviations import dict_of, number_of
from samplers.api.errors import APIError
from samplers.checks import is_sequence, shown


@dataclass(frozen=True)
class Moderation:
    """The verdict on one input, as it came in `raw`.

    `categories`: the flagged ones. `scores`: {category: 0 to 1}. `input_types`: {category: what
    its score is of, such as ("text", "image")}; an empty tuple means that it was not looked for.
    """

    flagged: bool
    categories: tuple[str, ...]
    scores: dict[str, float] = field(repr=False)
    input_types: dict[str, tuple[str, ...]] = field(repr=False)
    raw: dict = field(repr=False)

    @classmethod
    def from_wire(cls, result: dict) -> "Moderation":
        """TypeError unless the result says whether the input is flagged.

        Mistral's says it by its categories alone.
        """
        categories = dict_of(result.get("categories"))
        flagged = result.get("flagged")
        of_each = categories.values()
        if "flagged" not in result and of_each and all(isinstance(x, bool) for x in of_each):
            flagged = any(of_each)
        if not isinstance(flagged, bool):
            raise TypeError(f"flagged must be true or false, got {flagged!r:.80}")

        scores = {c: number_of(x) for c, x in dict_of(result.get("category_scores")).items()}
        types = dict_of(result.get("category_applied_input_types")).items()
        named = tuple(category for category, value in categories.items() if value is True)
        return cls(
            flagged=flagged or bool(named),
            categories=named,
            scores={category: score for category, score in scores.items() if score is not None},
            input_types={c: tuple(kinds) for c, kinds in types if isinstance(kinds, list)},
            raw=result,
        )


def moderate(transport, inputs, model: str | None, deadline) -> tuple[Moderation, ...]:
    """The verdicts of the endpoint behind a Transport: see `Client.moderate`."""
    body = moderation_body(inputs, model)
    response = transport.request("POST", "/moderations", body, deadline=deadline)
    return transport.read(response, lambda answer: verdicts(answer, body["input"]))


def moderation_body(inputs, model: str | None) -> dict:
    """The request's body. ValueError for inputs that are neither text, texts nor parts."""
    if not isinstance(inputs, str):
        items = list(inputs) if is_sequence(inputs) else []
        if not items or not any(all(isinstance(i, kind) for i in items) for kind in (str, Mapping)):
            raise ValueError(
                "inputs must be a str, a list of str or a list of parts, at least one, "
                f"got {shown(inputs)}"
            )
        inputs = [item if isinstance(item, str) else dict(item) for item in items]
    return {"input": inputs} | ({} if model is None else {"model": model})


def verdicts(answer: dict, inputs: str | Sequence) -> tuple[Moderation, ...]:
    """The verdict on each of a body's inputs, in their order.

    ValueError for more or fewer verdicts than inputs: what has none must not pass. APIError for a
    picture that is not flagged and that no category looked at.
    """
    has_parts = not isinstance(inputs, str) and not isinstance(inputs[0], str)
    expected = 1 if isinstance(inputs, str) or has_parts else len(inputs)
    results = answer["results"]
    if not isinstance(results, list) or len(results) != expected:
        came = len(results) if isinstance(results, list) else "no list of"
        raise ValueError(f"{came} verdicts for {expected} inputs")

    found = tuple(map(Moderation.from_wire, results))
    if has_parts and any(part.get("type") == "image_url" for part in inputs):
        _check_seen(found[0])
    return found


def _check_seen(verdict: Moderation) -> None:
    looked = any("image" in kinds for kinds in verdict.input_types.values())
    if not looked and not verdict.flagged:
        message = "the endpoint did not look at the picture, so there is no verdict on it."
        raise APIError(200, message, param="input", code="unsupported")

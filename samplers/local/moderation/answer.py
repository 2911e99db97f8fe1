"""The answer of POST /v1/moderations."""

import secrets

from samplers.local.moderation.request import MODEL
from samplers.local.moderation.word_list import FLAGGED, matches, score


def moderation(inputs: list[str | None]) -> dict:
    """The body: one result for each input.

    `samplers_matches`, an extension, has the words of each flagged category. An input of a picture
    alone is not flagged, and no category says that it was applied to a picture: nobody looked.
    """
    results = [_result(text) for text in inputs]
    return {"id": f"modr-{secrets.token_hex(16)}", "model": MODEL, "results": results}


def _result(text: str | None) -> dict:
    found = matches(text or "")
    scores = {category: score(*of_category) for category, of_category in found.items()}
    flagged = {category: value >= FLAGGED for category, value in scores.items()}
    applied = [] if text is None else ["text"]
    words = {
        category: sorted(strong | weak)
        for category, (strong, weak) in found.items()
        if flagged[category]
    }
    return {
        "flagged": any(flagged.values()),
        "categories": flagged,
        "category_scores": scores,
        "category_applied_input_types": dict.fromkeys(found, applied),
        "samplers_matches": words,
    }

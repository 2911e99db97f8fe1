"""GET and POST /v1/samplers/conditions: what is simulated for a key, and the change of it."""

from dataclasses import asdict

from samplers.local.conditions.faults import described
from samplers.local.conditions.key_conditions import KeyConditions
from samplers.local.conditions.latency import FORMULA
from samplers.local.conditions.simulation import Simulation
from samplers.local.conditions.tiers import limits
from samplers.local.request.errors import bad_request, unknown, wrong_body

FIELDS = tuple(asdict(Simulation()))
SOURCE = (
    "Limits by tier are those of the document that this kit teaches (mid 2026), an example: "
    "OpenAI's own page of 2026 has no such table, and no limit on concurrency. The bodies of their "
    "refusals are reconstructed. A refused request counts nowhere; any other counts, also if it "
    "fails. Before the answer its prompt's tokens count and n times max_tokens (or the most that "
    "it can have), after it those of its usage."
)


def report(conditions: KeyConditions) -> dict:
    """Everything that holds for a key, and what has happened to its requests.

    `used` has what counts now of each limit, and the most that one minute or day has held.
    `counts` has the requests since the last change, and how many of them were made worse by what.
    """
    settings = conditions.settings
    limiter = conditions.limiter
    tier = settings.tier
    return {
        "object": "samplers.conditions",
        **asdict(settings),
        "limits": None if tier is None else asdict(limits(tier)),
        "source": SOURCE,
        "used": {} if limiter is None else limiter.used(),
        "running": conditions.running,
        "counts": {"requests": 0} | dict(conditions.counts),
        "faults": described(),
        "formula": FORMULA,
    }


def change(conditions: KeyConditions, body) -> None:
    """Changes a key's conditions to those that the body names; null turns one off.

    ApiError (400) for what is wrong; then nothing changes.
    """
    if not isinstance(body, dict):
        raise wrong_body(body)
    for name in body:
        if name not in FIELDS:
            raise unknown(name, FIELDS)
    for name, value in body.items():
        try:
            Simulation().changed({name: value})
        except ValueError as error:
            raise bad_request(f"Invalid '{name}': {error}.", name, "invalid_value") from None
    conditions.change(body)

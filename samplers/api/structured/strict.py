"""What OpenAI's API will say about a schema that is meant to be strict, before it is sent."""

from typing import NamedTuple

from samplers.wire.strict import strict_faults
from samplers.wire.subschemas import pointer


class Reason(NamedTuple):
    """What is wrong, and where: a JSON pointer such as "#/properties/price", "#" for the whole."""

    path: str
    reason: str


def why_not_strict(schema) -> list[Reason]:
    """Every reason why `schema` is not strict, in the API's words and order; [] if it is.

    The API itself stops at the first one.
    """
    return [Reason(pointer(fault.context or ()), fault.text) for fault in strict_faults(schema)]

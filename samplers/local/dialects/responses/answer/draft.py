"""A response that is being made."""

import time
from dataclasses import dataclass

from samplers.local.dialects.responses.ids import new_id
from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.request.job import Job


@dataclass(frozen=True)
class Draft:
    """The response `id`, which answers `asked` by doing `job`. `created_at` is in Unix seconds."""

    id: str
    created_at: int
    asked: ResponseRequest
    job: Job


def new_draft(asked: ResponseRequest, job: Job) -> Draft:
    """A draft with an id of its own, begun now."""
    return Draft(new_id("resp"), int(time.time()), asked, job)

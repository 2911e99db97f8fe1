"""A response that is being made."""

from dataclasses import dataclass

from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.request.job import Job


@dataclass(frozen=True)
class Draft:
    """The response `id`, which answers `asked` by doing `job`. `created_at` is in Unix seconds."""

    id: str
    created_at: int
    asked: ResponseRequest
    job: Job

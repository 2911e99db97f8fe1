"""What came of each request of a batch."""

from collections import Counter
from collections.abc import Iterator, Mapping

from samplers.api.batches.batch import Batch
from samplers.api.errors import EndpointError
from samplers.api.results import Completion
from samplers.api.retries.retries import TEMPORARY


class UnansweredError(EndpointError):
    """A request of a batch that was not executed: the batch expired, was cancelled, or failed.

    `code`: the endpoint's, such as "batch_expired"; None where it says nothing of the request.
    """

    def __init__(self, message: str, code: str | None = None):
        self.code = code
        super().__init__(message)


class BatchResults(Mapping):
    """{custom_id: Completion, or the error in its place}, in the order of the requests.

    The errors are those that a live call raises, and UnansweredError. `batch`: the batch at its
    end. `requests`: {custom_id: the body that was sent}, empty if that file cannot be read.
    `problems`: what is wrong with the files that came back, as readable lines, such as two answers
    to one request, of which the first counts.
    """

    def __init__(
        self,
        batch: Batch,
        answers: dict[str, Completion | EndpointError],
        requests: dict[str, dict],
        problems: tuple[str, ...] = (),
    ):
        self.batch = batch
        self.requests = requests
        self.problems = problems
        self._answers = answers

    def __getitem__(self, custom_id: str) -> Completion | EndpointError:
        return self._answers[custom_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def unanswered(self) -> list[str]:
        """The ids of the requests that may get an answer if they are sent once more.

        They were not executed, or failed for a reason that can pass: 429, 500 or more.
        """
        passing = (UnansweredError, *TEMPORARY)
        return [custom_id for custom_id, answer in self.items() if isinstance(answer, passing)]

    def left(self) -> dict[str, dict]:
        """The `unanswered` requests: ``submit_batch(client, results.left())`` sends them again.

        ValueError if the file that they were in cannot be read, as it is deleted.
        """
        unanswered = self.unanswered
        if unanswered and not self.requests:
            raise ValueError(
                "the file of the batch's requests cannot be read: submit them yourself"
            )
        return {custom_id: self.requests[custom_id] for custom_id in unanswered}

    def __repr__(self) -> str:
        kinds = Counter(_kind(answer) for answer in self.values())
        counts = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        problems = f", {len(self.problems)} problems" if self.problems else ""
        return f"<BatchResults of {self.batch.id}, {self.batch.status}: {counts}{problems}>"


def _kind(answer: Completion | EndpointError) -> str:
    return "answered" if isinstance(answer, Completion) else type(answer).__name__

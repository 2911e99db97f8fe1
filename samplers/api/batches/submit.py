"""Sends many requests as one batch, once, whatever breaks on the way."""

from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from pathlib import Path

from samplers.api.batches.batch import Batch, look
from samplers.api.batches.bill import given_back, hold
from samplers.api.batches.files import (
    did_not_arrive,
    find_file,
    has_batch_path,
    list_files,
    listed,
    upload,
)
from samplers.api.batches.lines import PATH, as_lines, checked_bodies, with_ids
from samplers.api.batches.submission import ID, Saved, Submission
from samplers.api.client import Client
from samplers.api.errors import EndpointError, NotFoundError
from samplers.api.transport.reservation import is_free
from samplers.checks import shown

MOST_PAIRS = 15  # of metadata: OpenAI takes 16, and one is ours
LONGEST_NAME = 64  # characters
LONGEST_VALUE = 512


def submit_batch(
    client: Client,
    requests: Mapping[str, object] | Iterable,
    *,
    save: str | PathLike | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Batch:
    """Sends `requests` as one batch: answered within 24 hours, at OpenAI for half the price.

    `requests`: {custom_id: a request as `gather` takes it}, or a list, whose ids become
    "request-0", "request-1" … All go to one model. Each is checked before anything is sent, and
    what all can cost must be left of the budget.

    `save`: a JSON file that keeps the batch's ids. After a crash, run the same again: it goes on
    from there, and a batch that is sent already is found, not sent twice. Without it, an error on
    the way can leave a batch that only `list_batches` shows. Two runs at once need two files.

    `metadata`: up to 15 pairs of str that the endpoint keeps with the batch. ValueError for a wrong
    argument, and for a file of another batch.
    """
    metadata = _checked(save, metadata)
    named = with_ids(requests)
    bodies = checked_bodies(client, named)
    content = as_lines(bodies)
    model = next(iter(bodies.values()))["model"]
    saved = Saved(None if save is None else Path(save), named, model)
    if saved.submission.batch_id is not None:
        return _sent_already(client, saved.submission.batch_id, save)

    batch = _find_batch(client, saved.submission) if saved.is_resumed else None
    if batch is None:
        name = saved.submission.id
        hold(client, name, bodies.values())
        with given_back(client, name, after=lambda _: True):
            file_id = _uploaded(client, saved, content)
            saved.learn(file_id=file_id)
        with given_back(client, name, after=is_free):
            batch = _created(client, saved.submission, metadata)
    saved.learn(batch_id=batch.id)
    return batch


def _sent_already(client: Client, batch_id: str, save) -> Batch:
    try:
        return look(client, batch_id)
    except NotFoundError as error:
        error.add_note(f"{save} keeps this id. Delete that file to send the batch once more.")
        raise


def _uploaded(client: Client, saved: Saved, content: bytes) -> str:
    """The id of the file, which an earlier run may have uploaded."""
    submission = saved.submission
    file = None
    if submission.file_id is not None:
        file = find_file(client, submission.file_id)
    elif saved.is_resumed:
        file = _find_file(client, submission)
    if file is None:
        headers = {"Idempotency-Key": f"samplers-file-{submission.id}"}
        file = _once(
            lambda: upload(client, content, submission.filename, "batch", headers),
            lambda: _find_file(client, submission),
        )
    return file.id


def _created(client: Client, submission: Submission, metadata: dict[str, str]) -> Batch:
    transport = client.endpoint.transport
    body = {
        "input_file_id": submission.file_id,
        "endpoint": PATH,
        "completion_window": "24h",
        "metadata": {**metadata, ID: submission.id},
    }
    headers = {"Idempotency-Key": f"samplers-batch-{submission.id}"}

    def create() -> Batch:
        with has_batch_path(client, "/v1/batches"):
            response = transport.request("POST", "/batches", body, headers, repeats=did_not_arrive)
        return transport.read(response, Batch.from_wire)

    return _once(create, lambda: _find_batch(client, submission))


def _once(make: Callable, find: Callable):
    """What `make()` returns; after an error that leaves it open whether it was made, `find()`'s."""
    try:
        return make()
    except EndpointError as error:
        if is_free(error):
            raise
        failure = error

    try:
        found = find()
    except EndpointError:
        found = None  # it is as good as not found: the first error says what is wrong
    if found is None:
        failure.add_note(
            "It may have arrived, so it is not sent again by itself. With save=…, the same line "
            "looks for it first; without, list_batches() shows whether it is there."
        )
        raise failure
    return found


def _find_batch(client: Client, submission: Submission) -> Batch | None:
    """The batch that an earlier try has made: of our file, or with our id in its metadata.

    Some endpoints drop metadata, and the order of a list differs: so all of it is read.
    """
    if submission.file_id is None:
        return None  # that id is kept before a batch is made
    for batch in listed(client, "/batches", Batch.from_wire):
        if batch.input_file_id == submission.file_id or batch.metadata.get(ID) == submission.id:
            return batch
    return None


def _find_file(client: Client, submission: Submission):
    """The file that an earlier try has uploaded, by its name."""
    files = list_files(client, purpose="batch")
    return next((file for file in files if file.filename == submission.filename), None)


def _checked(save, metadata) -> dict[str, str]:
    if save is not None and (not isinstance(save, str | PathLike) or save == ""):
        raise ValueError(f"save must be a file's path or None, got {save!r:.80}")
    pairs = {} if metadata is None else metadata
    if not isinstance(pairs, Mapping) or len(pairs) > MOST_PAIRS:
        raise ValueError(f"metadata must be at most {MOST_PAIRS} pairs of str, got {shown(pairs)}")
    for name, value in pairs.items():
        is_text = isinstance(name, str) and isinstance(value, str)
        if not is_text or len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE or name == ID:
            raise ValueError(
                f"metadata must be pairs of str, {LONGEST_NAME} and {LONGEST_VALUE} characters at "
                f"most, none named {ID}, got {shown({name: value})}"
            )
    return dict(pairs)

"""A batch's results, joined from the files that its endpoint wrote."""

import json

import httpx

from samplers.api.batches.batch import Batch, id_of, look
from samplers.api.batches.bill import settle
from samplers.api.batches.files import file_content
from samplers.api.batches.lines import PATH, read_lines
from samplers.api.batches.results import BatchResults, UnansweredError
from samplers.api.client import Client
from samplers.api.deviations import count_of, dict_of, well_formed
from samplers.api.error_body import error_from
from samplers.api.errors import (
    APIError,
    BadRequestError,
    EndpointError,
    NotFoundError,
    PermissionDeniedError,
)
from samplers.api.results import Completion
from samplers.api.transport.transport import Transport

UNREADABLE = "the file of the requests cannot be read: these stand in the order of the answers"


def batch_results(client: Client, batch_or_id: Batch | str) -> BatchResults:
    """What came of each request of a batch that has ended, however it did.

    Endpoints write the answers in any order; here they stand in that of the requests. What was
    answered before a batch expired or was cancelled is there, and paid. A budget counts what the
    batch really cost from now on. EndpointError for a batch that still runs.
    """
    is_known = isinstance(batch_or_id, Batch) and batch_or_id.has_ended
    batch = batch_or_id if is_known else look(client, id_of(batch_or_id))
    if not batch.has_ended:
        raise EndpointError(
            f"batch {batch.id} has not ended, it is {batch.status}: follow_batch() waits for it"
        )

    endpoint = str(batch.raw.get("endpoint") or PATH)
    if not endpoint.endswith("/chat/completions"):
        raise EndpointError(
            f"batch {batch.id} is one of {endpoint}, not of chats: file_content() reads its files"
        )

    requests = _requests(client, batch)
    found: dict[str, Completion | EndpointError] = {}
    problems = [] if requests else [UNREADABLE]
    for name, file_id in (("output", batch.output_file_id), ("error", batch.error_file_id)):
        content = file_content(client, file_id) if file_id else b""
        for number, line in read_lines(content):
            problem = _take(client.endpoint.transport, line, requests, found)
            if problem:
                problems.append(f"line {number} of the {name} file: {problem}")

    answers = {name: found.get(name) or _not_executed(batch) for name in requests or found}
    results = BatchResults(batch, answers, requests, tuple(problems))
    settle(client, results)
    return results


def _requests(client: Client, batch: Batch) -> dict[str, dict]:
    """{custom_id: body} of the file that went in; {} if it is deleted, or not given back."""
    try:
        content = file_content(client, batch.input_file_id) if batch.input_file_id else b""
    except (BadRequestError, NotFoundError, PermissionDeniedError):
        return {}
    lines = (line for _, line in read_lines(content) if line is not None)
    return {line["custom_id"]: dict_of(line.get("body")) for line in lines if _has_id(line)}


def _has_id(line: dict | None) -> bool:
    return line is not None and isinstance(line.get("custom_id"), str)


def _take(transport: Transport, line: dict | None, requests: dict, found: dict) -> str:
    """Puts a line's answer into `found`. What is wrong with it, "" if nothing is."""
    if not _has_id(line):
        return "it cannot be read, or has no custom_id"
    custom_id = line["custom_id"]
    shown = well_formed(custom_id)[:80]
    if requests and custom_id not in requests:
        return f"{shown!r} is the id of no request"
    if custom_id in found:
        return f"{shown!r} is answered already"
    found[custom_id] = _answer(transport, line)
    return ""


def _answer(transport: Transport, line: dict) -> Completion | EndpointError:
    """A line's answer, or the error that a live call would have raised."""
    response = dict_of(line.get("response"))
    status = count_of(response.get("status_code"))
    if status is None or not 100 <= status < 600:
        error = dict_of(line.get("error"))
        code = error.get("code")
        said = transport.scrub(well_formed(str(error.get("message") or "it was not executed")))
        return UnansweredError(said, None if code is None else str(code))

    content = json.dumps(response.get("body")).encode("ascii")
    request_id = response.get("request_id")
    headers = {"x-request-id": request_id} if isinstance(request_id, str) else {}
    if not 200 <= status < 300:
        return error_from(status, content, headers, transport.scrub)
    try:
        return transport.read(httpx.Response(status, content=content), Completion.from_wire)
    except APIError as error:
        return error


def _not_executed(batch: Batch) -> UnansweredError:
    why = f": {'; '.join(batch.errors[:3])}" if batch.errors else ""
    return UnansweredError(f"the batch ended ({batch.status}) without an answer to this{why}")

"""POST /v1/files: the form that came in, checked.

OpenAI's sentence for the name of a batch's file is from public error reports.
"""

from dataclasses import dataclass
from typing import BinaryIO

from starlette.datastructures import FormData

from samplers.local.request import checks
from samplers.local.request.errors import bad_request, missing
from samplers.local.request.files.form import (
    Uploads,
    check_names,
    file_of,
    filename,
    text,
    too_big,
)

BIGGEST_FILE = 512 << 20  # bytes
BIGGEST_BATCH = 200 << 20
MOST_UPLOADS = 4  # that are arriving at the same time
# OpenAI takes "evals", too, but no file that it answers with can have it: its API file and its SDK
# have no such purpose there.
PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data")
LEAST_SECONDS = 3_600
MOST_SECONDS = 2_592_000  # 30 days
ANCHOR = "expires_after[anchor]"
SECONDS = "expires_after[seconds]"
FIELDS = ("file", "purpose", ANCHOR, SECONDS)


@dataclass(frozen=True)
class Upload:
    """A file that came in; it is kept for so many `seconds`."""

    filename: str
    purpose: str
    content: BinaryIO
    seconds: int


def uploads() -> Uploads[Upload]:
    """Reads the forms of files."""
    return Uploads(checked, fields=len(FIELDS), biggest=BIGGEST_FILE, most=MOST_UPLOADS)


def checked(form: FormData) -> Upload:
    """ApiError 400 for a wrong form, 413 for a file that is too big."""
    check_names(form, FIELDS)
    file = file_of(form, BIGGEST_FILE)
    if "purpose" not in form:
        raise missing("purpose")

    purpose = checks.one_of(*PURPOSES)("purpose", text("purpose", form["purpose"]))
    name = filename(file.filename)
    if purpose == "batch" and not name.lower().endswith(".jsonl"):
        raise bad_request("Invalid file format for Batch API. Must be .jsonl")
    most = BIGGEST_BATCH if purpose == "batch" else BIGGEST_FILE
    if file.size > most:
        raise too_big(most)
    return Upload(name, purpose, file.file, _seconds(form))


def _seconds(form: FormData) -> int:
    """How long the file is kept. OpenAI keeps all but a batch's files for ever; here none is."""
    if ANCHOR not in form and SECONDS not in form:
        return MOST_SECONDS
    for name in (ANCHOR, SECONDS):
        if name not in form:
            raise missing(name)
    checks.one_of("created_at")(ANCHOR, text(ANCHOR, form[ANCHOR]))
    value = checks.whole_number(SECONDS, text(SECONDS, form[SECONDS]))
    return checks.integer(LEAST_SECONDS, MOST_SECONDS)(SECONDS, value)

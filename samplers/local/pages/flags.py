"""The flag of `python -m samplers.local` that lets web pages use it."""

import argparse
import re

_ORIGIN = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
EVERY = (
    "--allow-origin must name an origin: with * every page that is open in a browser here could "
    "use the endpoint, also one that its visitor does not trust"
)
NULL = (
    "--allow-origin must name an origin: null is that of every page in a sandbox and of every "
    "file, so it names nobody"
)


def add_to(parser: argparse.ArgumentParser) -> None:
    """Adds it to the endpoint's others."""
    parser.add_argument(
        "--allow-origin",
        metavar="ORIGIN",
        action="append",
        default=[],
        help="a web page that may use the endpoint, by its origin, such as https://class.example "
        "or http://localhost:5173; it can be given more than once. The page needs a key, too. "
        "Without it no page can: the endpoint sends no CORS headers",
    )


def check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Brings `options.allow_origin` into the form that browsers send.

    A wrong one ends the program with a message, as the parser's do.
    """
    options.allow_origin = [_origin(parser, text) for text in options.allow_origin]


def _origin(parser: argparse.ArgumentParser, text: str) -> str:
    if "*" in text:
        parser.error(EVERY)
    if text.strip().lower() == "null":
        parser.error(NULL)
    origin = _ORIGIN.fullmatch(text.lower())
    if origin is None:
        parser.error(
            "--allow-origin must be an origin such as https://class.example or "
            f"http://localhost:5173, without a path, got {text[:80]!r}"
        )
    scheme, host, port = origin.groups()
    is_default = port is None or port == _DEFAULT_PORTS[scheme]
    return f"{scheme}://{host}" if is_default else f"{scheme}://{host}:{port}"

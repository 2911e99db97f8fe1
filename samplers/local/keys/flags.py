"""The flags of `python -m samplers.local` that open it to a room."""

import argparse
import ipaddress
import re
import sys
from pathlib import Path

from samplers.local.address import normal
from samplers.local.keys.known import Keys, KeysFile
from samplers.local.keys.read import KeysError, can_be_sent, others_can_read

LOOPBACK = "127.0.0.1"
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")


def add_to(parser: argparse.ArgumentParser) -> None:
    """Adds them to the endpoint's others."""
    group = parser.add_argument_group(
        "for a room",
        "One endpoint for a class: each learner has a key, and each key has its own files, "
        "batches, responses and conditions, a limit, and its turn at the model.",
    )
    group.add_argument(
        "--keys",
        metavar="FILE",
        type=Path,
        help="who is let in: a line for each learner, with a name and a key; `python -m "
        "samplers.local.keys keys.txt 30` writes one. It is read again when it changes. A key that "
        "was removed is then refused; an answer that has begun is finished. Files, batches "
        "and responses belong to the name, so they outlive its key",
    )
    group.add_argument(
        "--listen",
        metavar="ADDRESS",
        default=LOOPBACK,
        help="the address of this machine to listen on instead of 127.0.0.1, such as 192.168.1.5; "
        "0.0.0.0 or :: for all of them. It needs --keys. HTTP is not encrypted: everyone in the "
        "network can read keys and texts. For TLS do not use --listen, but a reverse proxy on "
        "this machine, and --host with its name",
    )
    group.add_argument(
        "--host",
        metavar="NAME",
        action="append",
        default=[],
        help="a further name in the address of requests, such as class.example; it can be given "
        "more than once. It needs --keys",
    )


def check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Checks these flags and --api-key, and sets `options.known_keys`, None without a file.

    A wrong one ends the program with a message, as the parser's do.
    """
    if options.keys is None and (options.listen != LOOPBACK or options.host):
        parser.error(
            "--listen and --host let others in, and need --keys FILE: `python -m "
            "samplers.local.keys keys.txt 30` writes one"
        )
    if options.keys is not None and options.api_key is not None:
        parser.error("--keys and --api-key (or SAMPLERS_LOCAL_KEY) cannot both be given")
    if options.api_key is not None and not can_be_sent(options.api_key):
        parser.error("--api-key (or SAMPLERS_LOCAL_KEY) must be printable ASCII without spaces")

    options.listen = _address(parser, options.listen)
    options.host = [_name(parser, name) for name in options.host]
    options.known_keys = None if options.keys is None else _keys(parser, options.keys)


def _address(parser: argparse.ArgumentParser, text: str) -> str:
    address = normal(text)
    if (
        _is_address(address)
        and "%" not in address
        and not ipaddress.ip_address(address).is_multicast
    ):
        return address
    parser.error(
        "--listen must be an address of this machine in numbers, such as 192.168.1.5, or 0.0.0.0 "
        f"for all of its addresses, got {text[:80]!r}"
    )


def _name(parser: argparse.ArgumentParser, text: str) -> str:
    name = normal(text)
    if _NAME.fullmatch(name) or _is_address(name):
        return name
    parser.error(
        "--host must be a name such as class.example or an address such as 192.168.1.5, without "
        f"http:// and without a port, got {text[:80]!r}"
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _keys(parser: argparse.ArgumentParser, path: Path) -> Keys:
    try:
        keys = KeysFile(path.absolute())
    except KeysError as error:
        parser.error(f"--keys: {error}")
    if others_can_read(path):
        warning = f"other users of this machine can read {path}. `chmod 600 {path}` ends that."
        print(f"samplers.local: {warning}", file=sys.stderr)
    return keys

"""--allow-origin: which origins can be named, and why others cannot."""

import pytest

from samplers.local.__main__ import arguments


def allowed(*origins: str) -> list[str]:
    return arguments([f"--allow-origin={origin}" for origin in origins]).allow_origin


def test_no_origin_is_allowed_unless_it_is_named():
    assert allowed() == []


def test_origins_are_kept_as_browsers_send_them():
    named = ["https://Class.Example", "http://localhost:5173", "https://a.b:443", "http://a:80"]
    sent = ["https://class.example", "http://localhost:5173", "https://a.b", "http://a"]
    assert allowed(*named, "http://[::1]:8888") == [*sent, "http://[::1]:8888"]


@pytest.mark.parametrize(
    ("origin", "reason"),
    [
        ("*", "every page that is open in a browser"),
        ("https://*.example", "every page that is open in a browser"),
        ("null", "every page in a sandbox"),
        ("NULL", "every page in a sandbox"),
        ("", "must be an origin"),
        ("class.example", "must be an origin"),
        ("https://class.example/", "without a path"),
        ("https://class.example/page", "without a path"),
        ("https://me@class.example", "must be an origin"),
        ("file:///page.html", "must be an origin"),
        ("https://class.example\r\nx: y", "must be an origin"),
        ("https://класс.example", "must be an origin"),
    ],
)
def test_others_are_refused_with_a_reason(capsys, origin, reason):
    with pytest.raises(SystemExit) as caught:
        allowed("https://class.example", origin)
    assert caught.value.code == 2
    assert reason in capsys.readouterr().err

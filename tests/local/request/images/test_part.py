"""Image parts: what is wrong about them is found before anything is read."""

from contextlib import suppress

import pytest
from example_images import file_of, part_of, user, written
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.local.request.errors import ApiError
from samplers.local.request.images.data_url import image_bytes
from samplers.local.request.messages import messages

DATA = file_of(written())
GOOD = part_of(DATA)
URL = GOOD["image_url"]["url"]
BASE64 = URL.partition(",")[2]
PLACE = "messages[0].content[0]"


def refusal(value) -> tuple[str, str]:
    """The param and code of the error."""
    with pytest.raises(ApiError) as caught:
        messages("messages", value)
    assert caught.value.status == 400
    error = caught.value.body["error"]
    return error["param"], error["code"]


@pytest.mark.parametrize(
    "head",
    [
        "data:image/png;base64",
        "data:image/png;charset=utf-8;base64",
        "DATA:IMAGE/PNG;BASE64",
        "data:image/jpg;base64",  # what it is says its content
        " data:image/x-whatever; name=a.png ;base64",
    ],
)
def test_heads_of_data_urls(head):
    assert image_bytes("url", f"{head},{BASE64}") == DATA


def test_base64_may_be_percent_encoded():
    encoded = BASE64.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    assert image_bytes("url", f"data:image/png;base64,{encoded}") == DATA


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (URL.replace(",", ""), "a value that is none"),
        ("data:image/png,%89PNG%0D%0A", "without the ';base64' separator"),
        ("data:;base64,aaaa", "unsupported MIME type ''"),
        ("data:text/plain;base64,aaaa", "unsupported MIME type 'text/plain'"),
        ("data:image/png;base64,", "empty base64-encoded bytes"),
        ("data:image/png;base64,aaa", "an invalid base64-encoded value"),
        ("data:image/png;base64,a a a a", "an invalid base64-encoded value"),
        ("data:image/png;base64,ééé", "an invalid base64-encoded value"),
        ("", "a value that is none"),
        ("a.png", "a value that is none"),
        ("file:///etc/passwd", "a value that is none"),
    ],
)
def test_wrong_urls(url, said):
    with pytest.raises(ApiError, match="Expected a base64-encoded data URL") as caught:
        image_bytes("messages[0]", url)
    assert said in str(caught.value)
    error = caught.value.body["error"]
    assert (error["param"], error["code"]) == ("messages[0]", "invalid_value")


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.png", "HTTPS://example.com/a.png?key=1"])
def test_nothing_is_downloaded_and_the_reason_is_said(url):
    with pytest.raises(ApiError, match=r"downloads no images: .*as a data URL") as caught:
        image_bytes("url", url)
    assert caught.value.body["error"]["code"] == "invalid_image_url"


@pytest.mark.parametrize(
    ("part", "param", "code"),
    [
        ({"type": "image_url"}, f"{PLACE}.image_url", "missing_required_parameter"),
        ({"type": "image_url", "image_url": URL}, f"{PLACE}.image_url", "invalid_type"),
        ({"type": "image_url", "image_url": {}}, f"{PLACE}.image_url.url", None),
        ({"type": "image_url", "image_url": {"url": 1}}, f"{PLACE}.image_url.url", "invalid_type"),
        (part_of(DATA, "huge"), f"{PLACE}.image_url.detail", "invalid_value"),
        (part_of(DATA, ["low"]), f"{PLACE}.image_url.detail", "invalid_type"),
        (GOOD | {"colour": 1}, f"{PLACE}.colour", "unknown_parameter"),
        ({"type": "image_url", "image_url": GOOD["image_url"] | {"x": 1}}, None, None),
    ],
)
def test_wrong_parts(part, param, code):
    found = refusal(user(part))
    assert found[0] == (param or f"{PLACE}.image_url.x")
    assert code is None or found[1] == code


@pytest.mark.parametrize("role", ["system", "developer", "assistant", "tool"])
def test_only_a_user_shows_images(role):
    message = user("Look:", GOOD)[0] | {"role": role}
    if role == "tool":
        message["tool_call_id"] = "c1"
    assert refusal([message]) == ("messages[0]", "invalid_value")


def test_so_many_images():
    assert len(messages("messages", user(*[GOOD] * 1500))[0]["parts"]) == 1500
    assert refusal(user(*[GOOD] * 1501)) == ("messages", "too_many_images")
    assert refusal(user(*[GOOD] * 800) * 2) == ("messages", "too_many_images")


def test_a_message_without_images_has_no_parts():
    assert messages("messages", user("a", "b")) == [{"role": "user", "content": "ab"}]


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just([])
URLS = st.sampled_from([URL, "data:", "data:,", "data:image/png;base64,%", "http://", "\x00"])
IMAGES = st.fixed_dictionaries({}, optional={"url": URLS | SCALARS, "detail": SCALARS}) | SCALARS
PARTS = st.fixed_dictionaries({"type": st.just("image_url")}, optional={"image_url": IMAGES})


@settings(max_examples=50)
@given(PARTS, st.sampled_from(["user", "assistant", "system"]))
def test_no_other_error(part, role):
    with suppress(ApiError):
        messages("messages", [{"role": role, "content": [part]}])

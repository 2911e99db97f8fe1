"""An explorer or a stepper that a page of JupyterLab shows: it moves, and it says what it is."""

from barriers import severe_faults
from lab_page import expect
from widget_parts import drag, drag_handle, parts


def check_explorer(box) -> None:
    """By mouse and by keys its picture changes, and a screen reader gets its parts."""
    slider = box.get_by_role("slider", name="temperature")
    rows = box.locator(".rows")
    for move in (lambda: drag(slider, 0.2), lambda: slider.press("ArrowRight")):
        value = slider.get_attribute("aria-valuetext")
        before = rows.inner_html()
        move()
        expect(slider).not_to_have_attribute("aria-valuetext", value)
        assert rows.inner_html() != before
    expect(slider).to_be_focused()
    expect(box.get_by_role("status")).not_to_be_empty()

    found = parts(box)
    value = slider.get_attribute("aria-valuetext")
    assert ("slider", "temperature", value) in [part[:3] for part in found]
    named(found, "slider", "textbox", "spinbutton", "button")
    live(found)
    is_free_of_barriers(box)


def check_stepper(box) -> None:
    """The same; its controls are ipywidgets, and what they show comes from the kernel."""
    title = box.locator(".widget-slider", has_text="temperature")
    handle = title.get_by_role("slider")
    rows = box.locator(".rows")
    for move in (lambda: drag_handle(handle, 30), lambda: handle.press("ArrowRight")):
        said = rows.get_attribute("aria-label")
        move()
        expect(rows).not_to_have_attribute("aria-label", said)
    before = box.locator(".tree").get_attribute("aria-label")
    box.get_by_role("button", name="Next by chance").press("Enter")
    expect(box.locator(".tree")).not_to_have_attribute("aria-label", before)

    expect(handle).to_have_attribute(
        "aria-valuetext", title.locator(".widget-readout").inner_text()
    )
    found = parts(box)
    assert ("slider", "temperature") in [part[:2] for part in found]
    named(found, "slider", "textbox", "spinbutton", "button", "combobox")
    live(found)
    is_free_of_barriers(box)


def named(found, *roles: str) -> None:
    """Every control has a name, and every role is there."""
    for role in roles:
        names = [part.name for part in found if part.role == role]
        assert names, role
        assert all(names), role


def live(found) -> None:
    """What changes is said: the picture politely, an error at once."""
    assert [part.live for part in found if part.role == "status"] == ["polite"]
    assert [part.live for part in found if part.role == "alert"] == ["assertive"]


def is_free_of_barriers(box) -> None:
    """axe-core finds nothing serious in this element; JupyterLab's own faults are around it."""
    box.evaluate("(it) => it.setAttribute('data-looked-at', '')")
    faults = severe_faults(box.page, context="[data-looked-at]")
    box.evaluate("(it) => it.removeAttribute('data-looked-at')")
    assert faults == []

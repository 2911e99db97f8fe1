"""A notebook in JupyterLab's page: how to open it, use its menus and scroll in it."""

from pathlib import Path
from typing import NamedTuple

from lab_server import TIMEOUT

PANEL = ".jp-WindowedPanel-outer"  # what scrolls
LONGEST = 400  # s that a lesson's cells may take on a busy machine

# Every cell of code has a number and has ended. The page itself has only the cells near those that
# are shown; and after an error that a lesson means, it shows cells as idle that will run.
ALL_RAN = """() => {
  const panels = [...jupyterapp.shell.widgets("main")].filter((it) => it.content?.widgets);
  const cells = panels.flatMap((it) => it.content.widgets.map((cell) => cell.model));
  const code = cells.filter((it) => it.type === "code");
  return code.every((it) => it.executionCount !== null && it.executionState === "idle");
}"""


class Lab(NamedTuple):
    """A JupyterLab that runs."""

    folder: Path
    address: str  # with its token


def expect(locator):
    """Playwright's assertions on a locator, with the patience that a busy machine needs."""
    from playwright.sync_api import expect

    expect.set_options(timeout=1000 * TIMEOUT)
    return expect(locator)


def opened(browser, lab: Lab, notebook: str, **options):
    """A page with a notebook of the lab's folder; its kernel is ready."""
    root, token = lab.address.split("?")
    page = browser.new_page(**{"viewport": {"width": 1300, "height": 1000}} | options)
    page.set_default_timeout(1000 * TIMEOUT)
    page.goto(f"{root.removesuffix('/lab')}/lab/tree/{notebook}?{token}&reset")
    page.get_by_text("| Idle").wait_for()
    return page


def menu(page, *names: str) -> None:
    """Choose an item of JupyterLab's menus, such as "Run", "Run All Cells".

    Those that open another menu, and those with a mark, are no menuitems to a screen reader.
    """
    of_the_bar, *others = names
    page.get_by_role("menuitem", name=of_the_bar, exact=True).click()
    for name in others:
        page.locator(".lm-Menu-itemLabel").get_by_text(name, exact=True).click()


def wait_until_all_ran(page) -> None:
    """The cells have run: those of JupyterLab's "Run All Cells" are marked all at once.

    Playwright would look at every frame, and leave the lesson half of the processor.
    """
    page.wait_for_function(ALL_RAN, timeout=1000 * LONGEST, polling=500)


def save(page) -> None:
    """Save the notebook by its key, and wait until it is saved."""
    with page.expect_response(_is_saved):
        page.keyboard.press("Control+s")
    page.wait_for_function("() => !document.querySelector('.lm-TabBar .jp-mod-dirty')")


def _is_saved(response) -> bool:
    return response.request.method == "PUT" and "/api/contents/" in response.url


def stop_kernel(page) -> None:
    """Stop it as a user does, so that its memory is free before the next lesson's starts."""
    menu(page, "Kernel", "Shut Down Kernel")
    page.get_by_text("No Kernel |").wait_for()


def height(page) -> int:
    """Pixels from the notebook's first cell to its last."""
    return page.locator(PANEL).evaluate("(it) => it.scrollHeight")


def scroll(page, top: int) -> None:
    """Two frames later JupyterLab has exchanged the cells."""
    page.locator(PANEL).evaluate(f"""(it) => {{
      it.scrollTop = {top};
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }}""")


def scroll_to(page, locator) -> None:
    """Scroll from the top until the cell of `locator` is shown."""
    for top in range(0, height(page), 500):
        scroll(page, top)
        if is_shown(locator):
            break
    locator.scroll_into_view_if_needed()


def is_shown(locator) -> bool:
    """JupyterLab makes an output outside the window transparent, or does not show it at all."""
    return locator.evaluate("(it) => it.checkVisibility({ opacityProperty: true })")


def wait_until_hidden(locator) -> None:
    """JupyterLab takes an output out of the page some time after it was scrolled away."""
    page = locator.page
    hidden = "(it) => !it.checkVisibility({ opacityProperty: true })"
    page.wait_for_function(hidden, arg=locator.element_handle())


def take_pictures(page, folder: Path, name: str) -> None:
    """The whole notebook as NAME-WIDTH-NUMBER.png, for a person to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    for width in (1280, 768):
        page.set_viewport_size({"width": width, "height": 1400})
        top = number = 0
        while top < height(page):  # it grows: cells have their true heights once they are shown
            scroll(page, top)
            page.screenshot(path=folder / f"{name}-{width}-{number:02}.png")
            top += 1200
            number += 1


def parts_of(page):
    """The slider, the picture and the caption of the lesson's first explorer."""
    box = page.locator(".samplers-explorer").first
    return (
        box.get_by_role("slider", name="temperature"),
        box.locator("[role=img]"),
        box.locator(".caption"),
    )

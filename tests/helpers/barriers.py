"""What axe-core finds on a page."""

import pytest


def severe_faults(page, context: str | None = None) -> list[str]:
    """What axe-core calls serious or critical on the page, or in what `context` selects."""
    sync_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = sync_playwright.Axe().run(page, context=context).response["violations"]
    return [f"{it['id']}: {it['help']}" for it in found if it["impact"] in ("serious", "critical")]

"""A browser and a JupyterLab for each file of tests."""

import shutil

import pytest
from chromium import chromium
from lab_page import Lab
from lab_server import jupyterlab
from lesson_pages import NOTEBOOKS


def pytest_addoption(parser):
    parser.addoption("--pictures", help="a folder for pictures of every lesson, at two widths")


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab that is set up as `make lab` does it, with the learners' copies."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(NOTEBOOKS / "learner", folder / "learner")
    for page in NOTEBOOKS.glob("*.md"):
        shutil.copy(page, folder)
    with jupyterlab(folder) as address:
        yield Lab(folder, address)

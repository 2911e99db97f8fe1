"""A browser and a JupyterLab for each file of tests."""

import shutil

import pytest
from chromium import chromium
from lab_page import Lab
from lab_server import jupyterlab
from lesson_pages import NOTEBOOKS
from xdist.scheduler import LoadScopeScheduling


class OneWorkerALesson(LoadScopeScheduling):
    """The tests of one lesson go to one worker, which runs it once; so do those of another file."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        return test.partition("[")[2] if file.endswith("test_every_lesson.py") else file


def pytest_xdist_make_scheduler(config, log):
    return OneWorkerALesson(config, log)


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

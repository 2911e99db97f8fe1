"""What several folders of tests share: endpoints on the real model, one for a whole session."""

import gc
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import certifi
import pytest
from bare_llama_cpp import KEY, bare_llama_cpp
from shallow_model import environment

from samplers.wire.unneeded import without

with without("rfc3987_syntax"):  # three seconds of a processor, where nothing loaded it before us
    import jsonschema  # noqa: F401

gc.disable()  # until all tests are collected: nothing of that is garbage, and to look takes seconds
CELL_OUTPUT_SECONDS = 60
DATA = TemporaryDirectory(ignore_cleanup_errors=True)


def pytest_configure() -> None:
    """What endpoints keep is neither the user's own nor that of another process of the tests.

    Each new client of httpx reads the certificates of all authorities, which takes 40 ms. Here no
    server has a certificate, so one authority is enough.
    """
    os.environ["XDG_DATA_HOME"] = DATA.name
    one = Path(DATA.name, "one-authority.pem")
    end = "-----END CERTIFICATE-----\n"
    one.write_text(Path(certifi.where()).read_text("utf-8").partition(end)[0] + end, "utf-8")
    os.environ["SSL_CERT_FILE"] = str(one)
    certifi.where = lambda: str(one)  # for clients that leave the environment alone


def pytest_unconfigure() -> None:
    DATA.cleanup()


def pytest_collection_modifyitems(items) -> None:
    """Makes nbval wait longer, and leave out the HTML; it has no options for these two.

    It waits 5 s for a cell's output after the cell has ended. On a busy machine a kernel can need
    more; then one cell failed, and all after it. Of text/html and text/plain, two forms of one
    output, it compares the second alone: a coloured text is stored without its HTML.
    """
    cells = [item for item in items if hasattr(item, "output_timeout")]
    for cell in cells:
        cell.output_timeout = CELL_OUTPUT_SECONDS
    for notebook in {cell.parent for cell in cells}:
        notebook.skip_compare += ("text/html",)


def pytest_collection_finish() -> None:
    """From here on garbage is looked for, but not among the tests themselves."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def full_client():
    """A client of the real local endpoint."""
    from samplers.api import connect

    with connect("local") as client:
        yield client


@pytest.fixture(scope="module")
def client(full_client):
    """The client that a module's tests use; one may have another where no word counts."""
    return full_client


@pytest.fixture(scope="session")
def shallow_model(tmp_path_factory):
    """The variables of an endpoint with a model of two layers: fast, and it writes nonsense."""
    return environment(tmp_path_factory.mktemp("shallow"))


@pytest.fixture(scope="session")
def start_shallow(shallow_model):
    """start_local, with that model."""
    from samplers.api import start_local

    def start(**options):
        with pytest.MonkeyPatch.context() as patch:
            for name, value in shallow_model.items():
                patch.setenv(name, value)
            return start_local(**options)

    return start


@pytest.fixture(scope="session")
def shallow_client(start_shallow):
    """A client of a local endpoint with that model."""
    with start_shallow() as client:
        yield client


@pytest.fixture(scope="session")
def bare():
    """A client of llama.cpp's own server: an endpoint that is not ours and differs a little."""
    from samplers.api import Client

    with bare_llama_cpp() as base_url, Client(base_url, KEY) as client:
        yield client

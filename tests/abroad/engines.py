"""Other engines on the same weights, each started for a while: llama.cpp, vLLM, transformers."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import httpx

from samplers.local.engine import weights
from tests.helpers.bare_llama_cpp import KEY, bare_llama_cpp

GUARD = Path(__file__).with_name("guard.py")
CONVERT = Path(__file__).with_name("hugging_face.py")
START = 600  # seconds in which an engine must be ready
# {what is asked, or asks: the variable that names the python of its environment}
VARIABLES = {
    "vLLM": "ABROAD_VLLM",
    "transformers serve": "ABROAD_TRANSFORMERS",
    "lm-eval": "ABROAD_LM_EVAL",
}
MAIN_VERSION = "import sys, importlib.metadata as m; print(m.version(sys.argv[1]))"


@dataclass(frozen=True)
class Engine:
    """A running server. `base_url` ends in /v1; `key` and `model` are "" where it needs none."""

    name: str
    version: str
    base_url: str
    key: str = ""
    model: str = ""

    def environment(self) -> dict[str, str]:
        """The environment of a kernel whose `connect()` goes to this server."""
        ours = {key: value for key, value in os.environ.items() if key != "SAMPLERS_MODEL_NAME"}
        return ours | {
            "SAMPLERS_BASE_URL": self.base_url,
            "SAMPLERS_API_KEY": self.key,
            "SAMPLERS_MODEL_NAME": self.model,
        }


def python_of(name: str) -> str | None:
    """The python of an engine's environment, if its variable names one."""
    return os.environ.get(VARIABLES[name], "").strip() or None


@contextmanager
def llama_cpp() -> Iterator[Engine]:
    """llama.cpp's own server, from the wheel that is installed, with nothing of ours before it."""
    with bare_llama_cpp() as base_url:
        yield Engine("llama.cpp", f"xllamacpp {version('xllamacpp')}", base_url, KEY)


@contextmanager
def vllm(*options: str) -> Iterator[Engine]:
    """vLLM on the CPU, with `options` of its server."""
    python = python_of("vLLM")
    name = "smollm2"
    command = [python, "-m", "vllm.entrypoints.openai.api_server", "--enforce-eager"]
    command += ["--model", str(hugging_face_folder(python)), "--served-model-name", name]
    command += ["--max-model-len", "2048", *options]
    limits = {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1"}
    with _serving(command, limits) as base_url:
        yield Engine("vLLM", _version(python, "vllm-cpu", "vllm"), base_url, model=name)


@contextmanager
def transformers_serve() -> Iterator[Engine]:
    """`transformers serve`, whose model has the folder's name."""
    python = python_of("transformers serve")
    folder = hugging_face_folder(python)
    # it lists the models of its cache, too, and fails where there is none
    cache = folder.with_name("hub")
    cache.mkdir(exist_ok=True)
    environment = {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(cache)}
    command = [str(Path(python).with_name("transformers")), "serve", str(folder)]
    with _serving(command, environment) as base_url:
        installed = _version(python, "transformers")
        yield Engine("transformers serve", installed, base_url, model=str(folder))


def hugging_face_folder(python: str) -> Path:
    """The weights as vLLM and transformers read them; made once, in the cache folder."""
    gguf = weights.ensure()
    folder = weights.cache_folder() / "abroad" / gguf.stem
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([python, str(CONVERT), str(gguf), str(folder)], check=True)
    return folder


@contextmanager
def _serving(command: list[str], environment: dict[str, str]) -> Iterator[str]:
    """The base URL of the server that `command` starts; it ends with the block, or with us."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    guarded = [sys.executable, str(GUARD), *command, "--host", "127.0.0.1", "--port", str(port)]

    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            guarded, stdin=subprocess.PIPE, stdout=log, stderr=log, env=os.environ | environment
        )
        try:
            base_url = f"http://127.0.0.1:{port}/v1"
            if not _is_ready(process, base_url):
                log.seek(0)
                tail = log.read().decode(errors="replace")[-3000:]
                raise RuntimeError(f"{command[0]} is not ready; it said last:\n{tail}")
            yield base_url
        finally:
            process.stdin.close()
            process.wait()


def _is_ready(process: subprocess.Popen, base_url: str) -> bool:
    """Waits until the server lists its models; False if it ends or START is over."""
    end = time.monotonic() + START
    while process.poll() is None and time.monotonic() < end:
        try:
            if httpx.get(f"{base_url}/models", timeout=5).status_code == 200:
                return True
        except httpx.TransportError:
            pass
        time.sleep(1)
    return False


def _version(python: str, *names: str) -> str:
    """The version of the first of these packages that is in the environment of `python`."""
    for name in names:
        command = [python, "-c", MAIN_VERSION, name]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.strip()
    raise RuntimeError(f"{python} has none of {', '.join(names)}")

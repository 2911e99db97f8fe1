"""What hears and sees is loaded when it is needed, which keeps the start short."""

import subprocess
import sys

HEAVY = {"PIL", "av", "ctranslate2", "cv2", "faster_whisper", "onnxruntime", "rapidocr"}


def test_what_the_start_does_not_load():
    """WebSockets, too, come with the first session."""
    code = (
        "import sys, samplers.local.start; from samplers.local import connection, gateway; "
        "connection.server(gateway.Door(None, gateway.Keys('key'))); "
        f"print({HEAVY | {'websockets'}} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

"""The process that reads images: `python -m samplers.local.engine.images.child`.

On standard input: a line of JSON with `bytes` and `detail`, then so many bytes, the image's file.
On standard output: a line of JSON with `lines`, the `width` and `height` of the upright image and
`read_width` and `read_height`; with `code` and `message` for an image that cannot be read; or with
`not_loaded`, which says why the OCR cannot be loaded. It ends where its input ends: also when the
endpoint is killed.
"""

import json
import os
import sys

import numpy as np

from samplers.local.engine.images.decode import BadImage, decode, read_size
from samplers.local.engine.images.ocr import lines


def read(data: bytes, detail: str) -> dict:
    """What the module says of an answer."""
    try:
        image = decode(data)
    except BadImage as error:
        return {"code": error.code, "message": str(error)}

    width, height = image.size
    size = read_size(width, height, detail)
    if size != image.size:
        image = image.resize(size, reducing_gap=2)
    try:
        found = lines(np.asarray(image))
    except (ImportError, OSError) as problem:  # OSError: a library that Windows does not find
        return {"not_loaded": str(problem)}
    return {
        "lines": found,
        "width": width,
        "height": height,
        "read_width": size[0],
        "read_height": size[1],
    }


def main() -> None:
    """Answers until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not come between the answers
    while line := sys.stdin.buffer.readline():
        asked = json.loads(line)
        data = sys.stdin.buffer.read(asked["bytes"])
        print(json.dumps(read(data, asked["detail"])), file=answers, flush=True)


if __name__ == "__main__":
    main()

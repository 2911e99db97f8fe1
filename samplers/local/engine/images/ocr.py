"""Text in an image: RapidOCR with PP-OCRv6's small models, on one thread.

They read Western European languages, Chinese and Japanese. Tried here: Korean and Russian are left
out, Greek and Vietnamese are misread, the latter with a confidence of 1.
"""

from functools import cache

import numpy as np

SMALLEST = (
    32  # pixels of a side: RapidOCR enlarges what is narrower, and a line of dots without end
)
LONGEST = 2048  # the longest side that a read image has


@cache
def _engine():
    import cv2
    import rapidocr

    cv2.setNumThreads(1)
    params = {
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Global.log_level": "error",
        "Global.use_cls": False,  # lines that are upside down: an image comes upright
        # RapidOCR would enlarge a small image, which takes seconds and hides what `detail` costs
        "Det.limit_type": "max",
        "Det.limit_side_len": LONGEST,
        "Global.max_side_len": LONGEST,
    }
    return rapidocr.RapidOCR(params=params)


def lines(pixels: np.ndarray) -> list[tuple[str, float]]:
    """The lines of text in an image (height, width, 3), from the top, each with its confidence.

    Lines of which RapidOCR is less than half sure are left out.
    """
    height, width, _ = pixels.shape
    missing = ((0, max(0, SMALLEST - height)), (0, max(0, SMALLEST - width)), (0, 0))
    found = _engine()(np.pad(pixels, missing, mode="edge")[:, :, ::-1])  # it takes BGR
    texts = found.txts or ()
    scores = found.scores or ()
    return [(text, float(score)) for text, score in zip(texts, scores, strict=True)]

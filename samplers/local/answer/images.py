"""What an answer says of the images that came with its request: that only text was read."""

from samplers.local.engine.images.reader import ImageText
from samplers.local.request.job import Choice, Job

READ = "text only, by OCR"
UNSEEN = "unseen: no text was found"


def images_field(job: Job) -> dict:
    """`samplers_images`, a field of ours: what was read of each image. {} without images."""
    images = job.request.images
    return {"samplers_images": [_entry(image) for image in images]} if images else {}


def _entry(image: ImageText) -> dict:
    return {
        "read": READ if image.lines else UNSEEN,
        "text": "\n".join(text for text, _ in image.lines),
        "confidence": min((score for _, score in image.lines), default=None),
        "width": image.width,
        "height": image.height,
        "read_width": image.read_width,
        "read_height": image.read_height,
    }


def images_note(job: Job, choice: Choice) -> str:
    """What an answer in free text begins with, before the model's own first token.

    It is no token of the model: it counts nowhere, and no stop string is looked for in it. Where it
    would break an answer it is left out, and the field alone says it: calls, JSON, logprobs, whose
    tokens make up the content, and an answer that is continued.
    """
    request = job.request
    images = request.images
    bound = choice.calls or request.response_format or request.continued
    if not images or bound or request.top_logprobs is not None:
        return ""

    read = sum(bool(image.lines) for image in images)
    counts = {READ: read, UNSEEN: len(images) - read}
    found = [(number, what) for what, number in counts.items() if number]
    each = [what if len(found) == 1 else f"{number} {what}" for number, what in found]
    subject = "image" if len(images) == 1 else f"{len(images)} images"
    return f"[{subject}: {'; '.join(each)}] "

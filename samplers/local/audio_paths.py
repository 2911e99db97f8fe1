"""OpenAI's path /v1/audio/transcriptions."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samplers.local.answer.event_stream import unless_gone
from samplers.local.audio.answer import answer
from samplers.local.audio.decode import decode
from samplers.local.audio.recogniser import Recogniser
from samplers.local.audio.request import uploads
from samplers.local.keys.limits import in_turn
from samplers.local.request.senses import SPEECH, SPEECH_RECOGNITION, require


def audio_routes(recogniser: Recogniser) -> list[Route]:
    """The route of transcriptions by `recogniser`."""
    forms = uploads()

    async def transcriptions(request: Request) -> Response:
        require(SPEECH_RECOGNITION, SPEECH, "file")
        async with forms.form(request) as asked:
            await in_turn(request)
            work = recogniser.words(lambda: decode(asked.content), asked.prompt, asked.temperature)
            heard = await unless_gone(request.receive, work)
        return answer(asked, heard)

    return [Route("/v1/audio/transcriptions", transcriptions, methods=["POST"])]

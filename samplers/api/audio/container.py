"""Which kind of file a sound is in, by its first bytes.

OpenAI's API goes by the file's name alone, and refuses "opus": Opus in Ogg must be called .ogg.
"""

STARTS = {b"OggS": "ogg", b"RIFF": "wav", b"fLaC": "flac", b"ID3": "mp3", b"\x1aE\xdf\xa3": "webm"}


def container(beginning: bytes) -> str | None:
    """The ending that the file's name must have: "ogg", "wav", "flac", "mp3", "m4a" or "webm".

    `beginning`: at least 12 bytes. None for another kind.
    """
    for start, name in STARTS.items():
        if beginning.startswith(start):
            return name
    if beginning[4:8] == b"ftyp":
        return "m4a"
    is_mpeg = len(beginning) > 1 and beginning[0] == 0xFF and beginning[1] & 0xE0 == 0xE0
    return "mp3" if is_mpeg else None

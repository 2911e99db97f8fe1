"""Speech to text: what came in, checked; the sound, decoded and recognised; the answer's forms."""

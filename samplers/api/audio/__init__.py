"""Speech as text: POST /audio/transcriptions."""

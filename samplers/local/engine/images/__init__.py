"""Text in images, by OCR, in a process of its own."""

"""The images of a chat request: checked, read, and their text put into the messages."""

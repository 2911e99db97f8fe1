"""A text whose tokens are coloured by surprise or by doubt: as a picture, and as HTML."""

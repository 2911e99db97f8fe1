"""What outlives a response: what later ones go on from, and those made in the background."""

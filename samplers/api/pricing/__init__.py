"""What a call can cost, what it did cost, and the budget that limits the sum."""

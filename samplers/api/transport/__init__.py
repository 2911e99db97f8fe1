"""How a call goes out and comes back: the address, the key, the budget, the errors."""

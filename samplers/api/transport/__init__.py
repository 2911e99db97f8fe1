"""How a call goes out and comes back: HTTP, the key that signs it, and proxies."""

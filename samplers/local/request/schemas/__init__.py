"""What of a schema shows that no grammar can be made of it, before one is tried."""

"""Usage: the ledger summed up, or one request of it in full."""

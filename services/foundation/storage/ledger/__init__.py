"""The ledger of model calls, and every sum that is made of it."""

"""The books of this gateway: every attempt from its reservation to its row in the ledger, whatever dies on the way."""

"""Sums up the counters from the ledger and the open holds, after Redis has lost them."""

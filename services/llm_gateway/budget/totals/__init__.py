"""Counters summed up anew from the ledger and the open holds, after Redis has lost them."""

"""Brings the ledger to what the providers billed."""

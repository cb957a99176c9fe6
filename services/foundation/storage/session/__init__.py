"""Transactions: pools, tenants, the outbox and its relay, notifications."""

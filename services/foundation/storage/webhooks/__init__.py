"""Tenants' webhooks, and each event's way to each of them."""

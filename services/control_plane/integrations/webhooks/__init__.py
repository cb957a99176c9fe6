"""Webhooks, as tenants set them up, and what became of each delivery."""

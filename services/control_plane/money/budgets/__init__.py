"""Budgets: limits of a tenant, its users and its keys, and what is left of them."""

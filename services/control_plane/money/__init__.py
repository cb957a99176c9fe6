"""Budgets, the warnings about them, and what was used."""

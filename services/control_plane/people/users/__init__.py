"""Whoever is signed in: who they are, and which tenants they belong to."""

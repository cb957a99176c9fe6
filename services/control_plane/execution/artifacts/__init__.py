"""Artifacts: uploads of users, results of tools."""

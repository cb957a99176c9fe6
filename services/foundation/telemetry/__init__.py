"""Logs, traces and metrics; binds tenant, run and step."""

"""Providers, routes, prices and limits of the gateway, as operators publish them: one proposes, another approves."""

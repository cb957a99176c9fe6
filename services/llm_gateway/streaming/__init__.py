"""Streams to clients: a bounded queue for each, comments while the provider is silent, and limits of silence."""

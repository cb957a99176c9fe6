"""A model provider that answers from scripts, on the true wire, with an invoice of its own."""

"""Text and JSON that the platform takes: what may be stored, named and shown."""

"""The API of events: pages and streams."""

"""The only door to models: funds, dispatches and records every call."""

"""The in-process event bus: tells what listens inside one process, and keeps nothing."""

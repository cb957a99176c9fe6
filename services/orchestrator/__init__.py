"""The worker: takes steps from the queue, runs them in their engines, and records how they ended."""

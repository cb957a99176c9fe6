"""Runs the functions of LocalStack without Docker, as child processes, and repairs some of its faults."""

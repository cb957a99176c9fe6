"""The parts of the benchmark of the gateway: load, rounds, goals, the books afterwards."""

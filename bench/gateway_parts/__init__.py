"""The parts of the benchmark of the gateway: load, rounds, goals, the check of the ledger afterwards."""

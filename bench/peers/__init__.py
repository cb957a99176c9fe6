"""The gateways that the benchmark compares, each started as a process."""

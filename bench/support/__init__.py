"""What several benchmarks use: figures, a tenant, a scratch database, a worker without AWS."""

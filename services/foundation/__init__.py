"""What every service stands on: domain, contracts, telemetry, storage, cloud, http."""

"""Circuit breakers: one a provider and model, their state shared by all gateways through Redis."""

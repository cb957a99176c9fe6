"""What other services and clients ask beside calls: models, runs' money, closing a run."""

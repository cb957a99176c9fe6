"""What the provider charges: its own prices and its own invoice, apart from what it reports to a client."""

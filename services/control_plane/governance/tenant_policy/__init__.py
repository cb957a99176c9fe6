"""What a tenant decides about its own calls: rate limits, and how budgets are kept."""

"""Monthly statements: what a tenant's months cost, to read, to keep and to compare with the ledger."""

"""What all tenants have used, for operators: the ledger summed up over them."""

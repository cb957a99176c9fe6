"""Quotas: how much a tenant and its users may have at once or begin in a day, and how much of it is used up."""

"""Tools that a tenant brings along: what is read of an OpenAPI document, and the contracts that come of it."""

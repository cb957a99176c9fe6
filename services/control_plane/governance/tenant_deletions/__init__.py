"""Deletions of tenants: with a time of grace, in phases that outlive any process, verified and certified."""

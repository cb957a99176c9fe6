"""Tenants' secrets, which the proxies of their jobs add to requests; a value goes in and never comes out again."""

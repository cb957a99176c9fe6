"""The gateway's configuration: one typed file of providers, routes, prices and limits, read anew while it serves."""

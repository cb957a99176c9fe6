"""Brings what happens in tenants' runs to their webhooks: from the stream to deliveries, and from there by HTTP."""

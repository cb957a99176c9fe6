"""Providers: what the gateway asks of one (`base`), one over HTTP that speaks any wire, and one in memory."""

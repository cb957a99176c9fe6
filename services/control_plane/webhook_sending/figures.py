"""What is counted of webhooks; whose they are is no label."""

from prometheus_client import Counter

DELIVERIES = Counter("webhook_deliveries_total", "Attempts to deliver an event to a webhook", ["outcome"])
DISABLED = Counter("webhooks_disabled_total", "Webhooks that were disabled because they failed for too long")

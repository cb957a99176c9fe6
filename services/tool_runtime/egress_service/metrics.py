"""What the egress service reports to Prometheus."""

from prometheus_client import Counter, Gauge

JOBS = Gauge("egress_jobs", "Jobs whose connections are taken")
CONNECTIONS = Gauge("egress_connections", "Connections of jobs that are carried now")
TURNED_AWAY = Counter("egress_connections_turned_away_total", "Connections that were not taken, by why", ["reason"])

"""LocalStack without Docker: functions as child processes."""

"""Where a failure belongs: the one place that makes an error of what went wrong."""

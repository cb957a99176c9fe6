"""What stands around a job: built of namespaces on a machine of ours, or found and locked in a Fargate task."""

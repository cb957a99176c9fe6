"""The system calls that a job may make."""

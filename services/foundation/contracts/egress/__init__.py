"""What a job may reach, what it asked for, and the secrets that are added to its requests on the way."""

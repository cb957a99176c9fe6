"""What a job left: taken from its sandbox, told by its content, and sent."""

"""AWS in our words: queue, objects, secrets, executions; an endpoint override makes it LocalStack."""

"""Circuit breakers of one worker: one for each service that its steps need, and one for each kind of step."""

"""PostgreSQL and Redis as this machine runs them, with their passwords."""

"""What runs scripts on Redis: what it promises, from a pool, and on one pipelined connection."""

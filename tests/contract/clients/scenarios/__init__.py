"""What the tests let real clients do; it runs in the clients' own environment, which has nothing of ours."""

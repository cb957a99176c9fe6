"""The ways to the same model that the gateway's benchmark compares, each started as a process of its own."""

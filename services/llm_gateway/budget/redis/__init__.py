"""Redis as the budgets need it: names of keys, connections, and the scripts that change counters."""

"""What is read of runs: events, times, comparisons, and why a run is where it is."""

"""What is read of a run to be shown, and by nobody who goes on with it."""

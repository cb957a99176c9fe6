"""Messages that cross a process: typed, versioned, frozen."""

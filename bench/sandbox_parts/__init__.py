"""The parts of the benchmark of sandboxes: the same work as a plain process, in a sandbox, and through a launcher."""

"""Small faults put into pure code, to see whether the unit tests notice: `make mutants`."""

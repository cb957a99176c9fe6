"""Steps that do nothing: they measure the platform."""

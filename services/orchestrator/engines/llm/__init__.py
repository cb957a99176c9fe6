"""Steps that ask a model once."""

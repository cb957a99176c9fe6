"""The wires as far as they are translated, typed; what is not named here is not read."""

"""How the control plane's effects leave the outbox."""

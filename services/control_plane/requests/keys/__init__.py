"""The one rule of `Idempotency-Key`: what it is, where it is heeded, and what a repeat is answered."""

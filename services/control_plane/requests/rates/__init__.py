"""How fast callers may ask: who is counted, by which policies, and what each answer says of it."""

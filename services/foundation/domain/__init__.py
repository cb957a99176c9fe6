"""Pure words and rules of the platform; imports nothing but the standard library."""

"""One engine a kind of step."""

"""What is looked at while things die, and what must hold when everything has settled."""

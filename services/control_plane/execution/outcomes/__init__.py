"""What a person decides about a step whose outcome is unknown."""

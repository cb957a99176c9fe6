"""What a step's time went by: the stamps that its rows and events have."""

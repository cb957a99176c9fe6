"""What stands still is found and moved on."""

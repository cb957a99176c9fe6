"""What the launcher and the egress services have to do with each other."""

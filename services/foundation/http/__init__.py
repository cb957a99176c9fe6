"""What the web apps share: error rendering, correlation, caller identity, health."""

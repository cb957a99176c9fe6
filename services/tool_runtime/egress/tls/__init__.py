"""What the proxy knows of TLS: the name that a client asks for, and certificates of its own for where it ends."""

"""Content that expires: which is due, what is removed of it, and what stays."""

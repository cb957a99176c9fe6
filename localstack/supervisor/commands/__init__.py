"""The commands of `python -m supervisor`; most are passed to the daemon."""

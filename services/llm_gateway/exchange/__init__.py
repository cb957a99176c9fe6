"""The words that all rooms share: who calls, what is asked, what it used, and how it failed."""

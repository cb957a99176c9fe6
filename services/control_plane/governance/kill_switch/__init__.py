"""The kill switch: everything stops, nothing is lost."""

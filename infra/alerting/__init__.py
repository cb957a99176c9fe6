"""What is watched, once for all: the alerts, and the files and pictures that are made of them."""

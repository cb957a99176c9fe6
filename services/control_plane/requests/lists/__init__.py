"""What the lists of the API share: pages and cursors, orders, and which members of their items they show."""

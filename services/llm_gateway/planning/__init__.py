"""Where a call may go before it is funded: its targets, their order, and its request in the words of each."""

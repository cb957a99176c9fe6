"""What a definition alone tells of its runs: what can hardly be meant, and the most that they can take."""

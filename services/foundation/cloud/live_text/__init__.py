"""Text as models say it: who says it, who hears it, and what has been said; Redis, and the one in memory."""

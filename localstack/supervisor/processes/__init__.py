"""Starting, watching, restarting and stopping processes; nothing here knows which processes there are."""

"""For how long a tenant's content is kept, and its removal when that time is over."""

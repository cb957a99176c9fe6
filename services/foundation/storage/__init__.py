"""PostgreSQL: sessions, tenancy, the outbox with its relay, one repository file per aggregate."""

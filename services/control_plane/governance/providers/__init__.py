"""Which providers of models a tenant's calls may go to, and in which regions."""

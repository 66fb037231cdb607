"""What an author and a host declare and are handed: steps, schemas, plans, hooks, reports, destinations' form."""

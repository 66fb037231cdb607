"""``postgresql://…``: the graph in a PostgreSQL database."""

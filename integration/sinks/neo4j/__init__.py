"""``neo4j://`` and ``bolt://``: the graph in a Neo4j database, or another that speaks Bolt and Cypher."""

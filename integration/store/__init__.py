"""The graph: entities, relationships and verdicts, published by one transaction a run. Knows no API and no mirror."""

"""One run: steps over the mirror into the graph, a verdict for each type, then the destinations."""

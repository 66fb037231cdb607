"""``jupiterone:``: the graph into a JupiterOne account."""

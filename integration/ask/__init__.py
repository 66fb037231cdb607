"""Asking the graph: SQL that can only read, ready-made questions, paths, differences, what became of an entity."""

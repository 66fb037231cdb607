"""The pages in ``docs/`` that are made from the declarations, and what all pages there are checked for."""

"""Reading Azure: what it costs, beside what graph-azure's way of listing costs."""

"""What a recording knows of Azure: its ids, its vocabulary, queries of tables, and listings below resources."""

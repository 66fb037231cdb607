"""What a recording knows of Microsoft Graph: its vocabulary, its listings, its batches."""

"""Microsoft Graph v1.0: sign-in, requests, paging, batches and their errors. Knows no path and no step."""

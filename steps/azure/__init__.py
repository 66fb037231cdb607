"""Azure: the subscriptions of the tenant, and what is in them."""

"""Many tenants: one task of Dask a tenant, their state in folders or an object store, one verdict on all of them."""

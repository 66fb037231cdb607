"""Beginning a type: a module and a schema, written from what Microsoft Graph says of its objects."""

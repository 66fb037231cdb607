"""Which scope is which tenant: the view ``tenants``, where a database holds the graphs of several."""

from collections.abc import Sequence

from psycopg import Connection
from psycopg.types.json import Jsonb

from integration.sdk.step import Step
from integration.sinks.postgresql.layout import lock

_VIEW = """
CREATE VIEW tenants AS
SELECT substr(name, 8) AS _scope, value::jsonb ->> 'tenant' AS tenant, value::jsonb ->> 'account' AS account,
    value::jsonb ->> 'name' AS name
FROM about WHERE name LIKE 'tenant %'
"""
_COMMENT = "COMMENT ON VIEW tenants IS 'Which tenant each scope is, with the key and the name of its account.'"
_THERE = (
    "SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE nspname = current_schema() AND relname = 'tenants'"
)
_ACCOUNT = """
SELECT _key, properties ->> 'displayName' FROM entities WHERE _scope = %s AND _type = ANY(%s) ORDER BY _key LIMIT 1
"""
_CLASS = "Account"


def note_tenant(connection: Connection, schema: str, scope: str, tenant: str, steps: Sequence[Step]) -> None:
    """Note which tenant a scope is, and make the view where nothing has its name.

    Args:
        connection: in the transaction of a push.
        schema: where the tables are.
        scope: that of the graph.
        tenant: what names the tenant, and where it was read from.
        steps: the types; the account of the tenant is of one that needs no other.
    """
    types = [step.name for step in steps if _CLASS in step.classes and not step.needs]
    account, name = connection.execute(_ACCOUNT, [scope, types]).fetchone() or (None, None)
    connection.execute(
        "INSERT INTO about VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        " WHERE about.value <> excluded.value",
        [f"tenant {scope}", Jsonb({"tenant": tenant, "account": account, "name": name})],
    )
    if not _is_there(connection):
        lock(connection, schema)
        if not _is_there(connection):
            connection.execute(_VIEW)
            connection.execute(_COMMENT)


def _is_there(connection: Connection) -> bool:
    return connection.execute(_THERE).fetchone() is not None

"""The statements that publish entities, which are the rows of ``nodes``; no two have the same key, of whatever type."""

from integration.store.statements import Statements

ENTITIES = Statements(
    columns=("key", "properties"),
    make=("CREATE TABLE {new}(key, properties)", "CREATE TABLE {old}(key, properties)"),
    discard="DELETE FROM nodes WHERE type = ?1",
    load="""
        INSERT INTO nodes(type, key, properties)
        SELECT ?1, key, properties FROM {new} WHERE rowid > ?2 ORDER BY key, properties
        ON CONFLICT DO NOTHING
    """,
    count="SELECT count(*) FROM nodes WHERE type = ?1",
    count_added="SELECT count(*) FROM nodes WHERE type = ?1 AND key IN (SELECT key FROM {new})",
    lacking="""
        SELECT key, properties FROM nodes WHERE type = ?1
        EXCEPT SELECT key, properties FROM {new}
        ORDER BY key, properties LIMIT 1
    """,
    sizes="SELECT sum(n), count(*) FROM (SELECT count(*) AS n FROM {new} GROUP BY key)",
    taken="""
        SELECT count(*) FROM {new} AS new CROSS JOIN nodes AS there ON there.key = new.key
        WHERE there.type <> ?1 OR new.key NOT IN (SELECT key FROM {old})
    """,
    note_absent="""
        INSERT INTO changes SELECT type, ?2, key, '', 'deleted', properties FROM nodes
        WHERE type = ?1 AND key NOT IN (SELECT key FROM {new})
    """,
    note_gone="""
        INSERT INTO changes SELECT there.type, ?2, there.key, '', 'deleted', there.properties
        FROM (SELECT key FROM {old} EXCEPT SELECT key FROM {new}) AS gone
        CROSS JOIN nodes AS there ON there.key = gone.key AND there.type = ?1
    """,
    delete="""
        DELETE FROM nodes WHERE type = ?1 AND key IN
            (SELECT key FROM changes WHERE type = ?1 AND revision = ?2 AND what = 'deleted')
    """,
    note_created="""
        INSERT INTO changes SELECT ?1, ?2, new.key, '', 'created', NULL
        FROM (SELECT key, min(properties) AS properties FROM {new} GROUP BY key) AS new
        LEFT JOIN nodes AS there ON there.key = new.key AND there.type = ?1
        WHERE there.type IS NULL AND NOT EXISTS (SELECT 1 FROM nodes WHERE key = new.key)
    """,
    note_updated="""
        INSERT INTO changes SELECT ?1, ?2, new.key, '', 'updated', there.properties
        FROM (SELECT key, min(properties) AS properties FROM {new} GROUP BY key) AS new
        CROSS JOIN nodes AS there ON there.key = new.key AND there.type = ?1
        WHERE there.properties IS NOT new.properties
            AND there.properties IS NOT spelled_as(new.properties, there.properties)
    """,
    merge="""
        INSERT INTO nodes(type, key, properties)
        SELECT ?1, key, min(properties) FROM {new} WHERE true GROUP BY key
        ON CONFLICT(key) DO UPDATE SET properties = spelled_as(excluded.properties, properties)
            WHERE type = excluded.type AND properties IS NOT excluded.properties
    """,
    duplicates="""
        SELECT key FROM {new} GROUP BY key HAVING count(*) > 1
        UNION SELECT key FROM {new} JOIN nodes USING(key) WHERE type <> ?1
        LIMIT ?2
    """,
)

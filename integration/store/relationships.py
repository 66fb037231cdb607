"""The statements that publish relationships, which are the rows of ``edges``; of a type no two have the same ends."""

from integration.store.statements import Statements

RELATIONSHIPS = Statements(
    columns=("source", "target", "properties"),
    make=("CREATE TABLE {new}(source, target, properties)", "CREATE TABLE {old}(source, target, properties)"),
    discard="DELETE FROM edges WHERE type = ?1",
    load="""
        INSERT INTO edges(type, source, target, properties)
        SELECT ?1, source, target, properties FROM {new} WHERE rowid > ?2 ORDER BY source, target, properties
        ON CONFLICT DO UPDATE SET properties = min(properties, excluded.properties)
    """,
    count="SELECT count(*) FROM edges WHERE type = ?1",
    count_added="""
        SELECT count(*) FROM edges WHERE type = ?1 AND (source, target) IN (SELECT source, target FROM {new})
    """,
    lacking="""
        SELECT source, target, properties FROM edges WHERE type = ?1
        EXCEPT SELECT source, target, properties FROM {new}
        ORDER BY source, target, properties LIMIT 1
    """,
    sizes="SELECT sum(n), count(*) FROM (SELECT count(*) AS n FROM {new} GROUP BY source, target)",
    taken="""
        SELECT count(*) FROM {new} AS new
        CROSS JOIN edges AS there ON there.source = new.source AND there.target = new.target AND there.type = ?1
        WHERE (new.source, new.target) NOT IN (SELECT source, target FROM {old})
    """,
    note_absent="""
        INSERT INTO changes SELECT there.type, ?2, there.source, there.target, 'deleted', there.properties
        FROM (SELECT source, target FROM edges WHERE type = ?1 EXCEPT SELECT source, target FROM {new}) AS absent
        CROSS JOIN edges AS there ON there.source = absent.source AND there.target = absent.target AND there.type = ?1
    """,
    note_gone="""
        INSERT INTO changes SELECT there.type, ?2, there.source, there.target, 'deleted', there.properties
        FROM (SELECT source, target FROM {old} EXCEPT SELECT source, target FROM {new}) AS gone
        CROSS JOIN edges AS there ON there.source = gone.source AND there.target = gone.target AND there.type = ?1
    """,
    delete="""
        DELETE FROM edges WHERE type = ?1 AND (source, target) IN
            (SELECT key, target FROM changes WHERE type = ?1 AND revision = ?2 AND what = 'deleted')
    """,
    note_created="""
        INSERT INTO changes SELECT ?1, ?2, new.source, new.target, 'created', NULL
        FROM (SELECT source, target, min(properties) AS properties FROM {new} GROUP BY source, target) AS new
        LEFT JOIN edges AS there ON there.source = new.source AND there.target = new.target AND there.type = ?1
        WHERE there.type IS NULL
    """,
    note_updated="""
        INSERT INTO changes SELECT ?1, ?2, new.source, new.target, 'updated', there.properties
        FROM (SELECT source, target, min(properties) AS properties FROM {new} GROUP BY source, target) AS new
        CROSS JOIN edges AS there ON there.source = new.source AND there.target = new.target AND there.type = ?1
        WHERE there.properties IS NOT new.properties
            AND there.properties IS NOT spelled_as(new.properties, there.properties)
    """,
    merge="""
        INSERT INTO edges(type, source, target, properties)
        SELECT ?1, source, target, min(properties) FROM {new} WHERE true GROUP BY source, target
        ON CONFLICT(type, source, target) DO UPDATE SET properties = spelled_as(excluded.properties, properties)
            WHERE type = excluded.type AND properties IS NOT excluded.properties
    """,
    duplicates="""
        SELECT source || between_keys || target FROM {new} CROSS JOIN types ON number = ?1
        GROUP BY source, target HAVING count(*) > 1
        LIMIT ?2
    """,
)

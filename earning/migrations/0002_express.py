"""What a single activity needs is read in one call: locked first, then claimed and read.

Its plans are made once: making them anew for every member would take as long as all the rest.
"""

from django.db import migrations

OPEN = """
CREATE FUNCTION earning_open(
    known uuid, units text, turn text, stands bigint,
    reference uuid, activity uuid, hash text, counters text,
    OUT member text, OUT accounts text, OUT is_ours boolean, OUT taken text,
    OUT given text, OUT activated text, OUT counted text
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    who uuid;
    number bigint;
    wanted text[] := string_to_array(units, ',');
BEGIN
    IF stands IS DISTINCT FROM (SELECT version FROM program_program ORDER BY id LIMIT 1)
       OR (turn <> '' AND NOT pg_try_advisory_xact_lock(hashtextextended(turn, 0))) THEN
        RETURN;
    END IF;
    SELECT m.id, json_build_array(to_json(m))::text INTO who, member
      FROM members_key k JOIN members_member m ON m.id = k.member_id WHERE k.id = known;
    -- All of the accounts are locked, or none.
    IF cardinality(wanted) IS DISTINCT FROM (
        SELECT count(*) FROM points_account a
         WHERE a.member_id = who AND a.unit_id = ANY (wanted) AND a.closed_at IS NULL) THEN
        RETURN;
    END IF;
    SELECT json_agg(to_json(locked))::text, count(*) INTO accounts, number
      FROM (SELECT * FROM points_account a
             WHERE a.member_id = who AND a.unit_id = ANY (wanted) AND a.closed_at IS NULL
             ORDER BY a.id FOR NO KEY UPDATE) AS locked;
    IF cardinality(wanted) IS DISTINCT FROM number THEN -- one was closed while we waited
        RETURN;
    END IF;

    INSERT INTO earning_activitykey (id, activity_id, member_id, request_hash)
    VALUES (reference, activity, who, hash) ON CONFLICT (id) DO NOTHING;
    is_ours := FOUND;
    IF NOT is_ours THEN
        SELECT json_build_array(k.activity_id, k.member_id, k.request_hash)::text INTO taken
          FROM earning_activitykey k WHERE k.id = reference;
        RETURN;
    END IF;
    SELECT (SELECT coalesce(json_agg(json_build_array(
                       s.ladder_id, s.tier_id, s.starts_at, s.ends_at)), '[]')::text
              FROM tiers_standing s WHERE s.member_id = who AND s.source <> 'earned'),
           (SELECT coalesce(json_agg(json_build_array(
                       o.offer_id, o.starts_at, o.ends_at) ORDER BY o.id), '[]')::text
              FROM earning_offeractivation o
             WHERE o.undone_at IS NULL AND o.member_id IN (
                   SELECT who UNION ALL
                   SELECT m.id FROM members_member m WHERE m.merged_into_id = who)),
           (SELECT coalesce(json_agg(json_build_array(
                       c.unit_id, c.occurred_at, c.amount)), '[]')::text
              FROM (SELECT a.unit_id, e.occurred_at, sum(e.amount)::bigint AS amount
                      FROM points_account a JOIN points_entry e ON e.account_id = a.id
                     WHERE a.member_id = who AND a.unit_id = ANY (string_to_array(counters, ','))
                     GROUP BY 1, 2 HAVING sum(e.amount) <> 0) AS c)
      INTO given, activated, counted;
END $$;
"""
BACK = "DROP FUNCTION earning_open(uuid, text, text, bigint, uuid, uuid, text, text);"


class Migration(migrations.Migration):
    dependencies = [
        ("earning", "0001_initial"),
        ("members", "0001_initial"),
        ("points", "0001_initial"),
        ("program", "0001_initial"),
        ("tiers", "0001_initial"),
    ]

    operations = [migrations.RunSQL(OPEN, BACK)]

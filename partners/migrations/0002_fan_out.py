"""Deliveries are made by the database, in the transaction of the event; rates need no journal."""

from django.db import migrations

FAN_OUT = """
CREATE FUNCTION partners_fan_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO partners_delivery
        (id, endpoint_id, event_id, type, body, state, created_at, attempts_made, due_at)
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
               PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
               FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid,
           e.id, made.id, made.type,
           jsonb_build_object('member', made.member_id, 'subject', made.subject,
                              'occurred_at', made.occurred_at,
                              'payload', made.payload - '{actor,reason,note,why}'::text[]),
           'waiting', made.recorded_at, 0, least(made.occurred_at, made.recorded_at)
      FROM fresh made
      JOIN partners_endpoint e
        ON made.type = ANY (e.types) AND e.status <> 'removed'
       AND e.kind = CASE WHEN TG_TABLE_SCHEMA = 'sandbox' THEN 'test' ELSE 'live' END
       AND coalesce(made.payload ->> 'partner',
                    substring(made.payload ->> 'actor' FROM '^partner:(.*)$'),
                    e.partner_id) = e.partner_id;
    RETURN NULL;
END $$;
CREATE TRIGGER partners_fan_out AFTER INSERT ON events_event
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION partners_fan_out();
"""
BACK = "DROP TRIGGER partners_fan_out ON events_event; DROP FUNCTION partners_fan_out();"


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0001_initial"),
        ("events", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(FAN_OUT, BACK),
        migrations.RunSQL(
            "ALTER TABLE partners_ratewindow SET UNLOGGED",
            "ALTER TABLE partners_ratewindow SET LOGGED",
        ),
    ]

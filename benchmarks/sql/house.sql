-- The same by hand on Pennant's own tables: every key, constraint, index and trigger of theirs, every row that a stay
-- at the hotel leaves behind (activity, reference, posting, entries, lots, awards with their sentences, standing,
-- event), for one program whose rules are written into the function. What it leaves out: the log of calls, the limits
-- of keys, late arrivals, debts, milestones, merged members, other programs.

CREATE TABLE bench.guest (number int PRIMARY KEY, member uuid NOT NULL);
CREATE TABLE bench.place AS SELECT id, partner_id FROM program_location WHERE code = 'resort-hotel';

CREATE FUNCTION bench.post_stay(
  the_key text, the_reference text, the_guest int, nights int, revenue numeric, happened timestamptz,
  OUT status int, OUT new_id uuid, OUT new_balance bigint
) LANGUAGE plpgsql AS $$
DECLARE
  who uuid; the_partner text; the_place uuid; rank int; bonus_rate int; reached record;
  night record; point record; posting uuid := uuidv7(); earned bigint; bonus bigint; entry uuid; told text;
  the_hash text := encode(sha256(convert_to(concat_ws(':', the_guest, nights, revenue, happened), 'UTF8')), 'hex');
  ends timestamptz := (date_trunc('month', happened AT TIME ZONE 'Europe/Lisbon') + interval '25 months')
    AT TIME ZONE 'Europe/Lisbon';
  paid record; after_nights bigint; after_points bigint; version bigint;
BEGIN
  SELECT partner_id INTO the_partner FROM partners_apikey WHERE key_hash = the_key AND revoked_at IS NULL;
  IF NOT FOUND THEN status := 401; RETURN; END IF;
  SELECT id INTO the_place FROM bench.place WHERE partner_id = the_partner;
  SELECT g.member INTO who FROM bench.guest g JOIN members_member m ON m.id = g.member
   WHERE g.number = the_guest AND m.status = 'active';
  IF NOT FOUND THEN status := 404; RETURN; END IF;

  -- The account of the points is locked first, then the other, in the order of their ids, as everybody does.
  PERFORM 1 FROM points_account WHERE member_id = who AND unit_id IN ('night', 'point') AND closed_at IS NULL
    ORDER BY id FOR NO KEY UPDATE;
  SELECT * INTO night FROM points_account WHERE member_id = who AND unit_id = 'night';
  SELECT * INTO point FROM points_account WHERE member_id = who AND unit_id = 'point';

  INSERT INTO earning_activitykey (id, activity_id, member_id, request_hash)
  VALUES (md5(the_partner || ':' || the_reference)::uuid, uuidv7(), who, the_hash)
  ON CONFLICT (id) DO NOTHING RETURNING activity_id INTO new_id;
  IF NOT FOUND THEN
    SELECT CASE request_hash WHEN the_hash THEN 200 ELSE 409 END, activity_id INTO status, new_id
      FROM earning_activitykey WHERE id = md5(the_partner || ':' || the_reference)::uuid;
    RETURN;
  END IF;

  SELECT t.rank INTO rank FROM tiers_standing s JOIN tiers_tier t ON t.id = s.tier_id
   WHERE s.member_id = who AND s.ladder_id = 'fleet' AND s.starts_at < happened
     AND (s.ends_at IS NULL OR s.ends_at > happened) ORDER BY t.rank DESC LIMIT 1;
  bonus_rate := coalesce((ARRAY[0, 5, 10, 15, 25, 50])[rank], 0);
  earned := floor(revenue * 10);
  bonus := round(earned * bonus_rate / 100.0);
  after_nights := night.balance + nights;
  after_points := point.balance + earned + bonus;
  SELECT t.id, t.code, t.name INTO reached FROM tiers_tier t
   WHERE t.ladder_id = 'fleet' AND t.threshold <= after_nights ORDER BY t.rank DESC LIMIT 1;

  INSERT INTO earning_activity (id, partner_id, reference, type_id, location_id, occurred_at, attributes, actor,
    member_id, result, facts)
  VALUES (new_id, the_partner, the_reference, 'stay', the_place, happened,
    jsonb_build_object('outcome', 'stayed', 'nights', nights, 'suite', false, 'revenue', round(revenue, 2)::text),
    'partner:' || the_partner, who, jsonb_build_object(
      'balances', jsonb_build_object('night', after_nights, 'point', after_points),
      'tier', jsonb_build_object('code', reached.code, 'name', reached.name)),
    jsonb_build_object('tiers', '[]'::jsonb, 'reached', '[]'::jsonb, 'segments', '[]'::jsonb, 'plans', '[]'::jsonb,
      'offers', '[]'::jsonb, 'first', false, 'joined', happened::date::text, 'birthday', ''));
  INSERT INTO points_posting (id, member_id, kind, source, actor, note, occurred_at)
  VALUES (posting, who, 'earn', 'activity:' || new_id, 'partner:' || the_partner, '', happened);

  version := point.version;
  FOR paid IN
    SELECT r.id AS rule, r.name, r.revision, r.amount AS rate, v.* FROM (VALUES
        ('nights', 'night', night.id, nights::bigint, after_nights, night.version + 1, 'base', format('%s nights', nights)),
        ('revenue', 'point', point.id, earned, point.balance + earned, version + 1, 'base', format('EUR %s', round(revenue, 2))),
        ((ARRAY['', 'sloop', 'cutter', 'ketch', 'brig', 'clipper'])[rank] || '-bonus', 'point', point.id, bonus,
          after_points, version + 2, 'bonus', format('%s%% of %s points', bonus_rate, earned))
      ) AS v (code, unit, account, amount, after, version, class, told)
      JOIN earning_rule r ON r.code = v.code AND r.type_id = 'stay' AND r.ends_on IS NULL
     WHERE v.amount > 0 ORDER BY v.version
  LOOP
    entry := uuidv7();
    told := format('%s: %s × %s = %s %ss', paid.name, paid.told, paid.rate, paid.amount, paid.unit);
    INSERT INTO points_entry (id, member_id, account_id, posting_id, kind, amount, balance_after, version, reason, occurred_at)
    VALUES (entry, who, paid.account, posting, paid.class, paid.amount, paid.after, paid.version, told, happened);
    IF paid.unit = 'point' THEN
      INSERT INTO points_lot (id, member_id, account_id, entry_id, awarded, remaining, held, awarded_at, expires_at)
      VALUES (uuidv7(), who, paid.account, entry, paid.amount, paid.amount, 0, happened, ends);
    END IF;
    INSERT INTO earning_award (id, member_id, activity_id, rule_id, unit_id, entry_id, award_class, amount, sentence, inputs)
    VALUES (uuidv7(), who, new_id, paid.rule, paid.unit, entry, paid.class, paid.amount, told,
      jsonb_build_object('rate', paid.rate, 'revision', paid.revision));
  END LOOP;
  UPDATE points_account a SET balance = v.balance, version = v.version
    FROM (VALUES (night.id, after_nights, night.version + 1),
                 (point.id, after_points, version + 1 + (bonus > 0)::int)) AS v (id, balance, version)
   WHERE a.id = v.id;

  IF reached.id IS DISTINCT FROM (SELECT s.tier_id FROM tiers_standing s
      WHERE s.member_id = who AND s.ladder_id = 'fleet' AND s.source = 'earned' AND s.ends_at IS NULL) THEN
    UPDATE tiers_standing SET ends_at = happened
     WHERE member_id = who AND ladder_id = 'fleet' AND source = 'earned' AND ends_at IS NULL;
    INSERT INTO tiers_standing (id, member_id, ladder_id, tier_id, source, starts_at, reason, actor, cause)
    VALUES (uuidv7(), who, 'fleet', reached.id, 'earned', happened, '', '', '');
  END IF;
  INSERT INTO events_event (id, type, member_id, subject, payload, occurred_at)
  VALUES (uuidv7(), 'activity_recorded', who, 'act_' || replace(new_id::text, '-', ''), jsonb_build_object(
    'type', 'stay', 'partner', the_partner, 'awards', jsonb_build_array(
      jsonb_build_object('unit', 'night', 'amount', nights), jsonb_build_object('unit', 'point', 'amount', earned + bonus))),
    happened);
  new_balance := after_points;
  status := 201;
END $$;

-- A file of stays by hand on Pennant's own tables, a chunk in one transaction and a handful of set-based statements: every
-- key, constraint, index and trigger of theirs, every row that a stay leaves behind, for one program whose rules are
-- written into the function. It checks nothing: no attribute, no place, no limit, no late arrival, no merged member. What
-- a file leaves behind as a whole (its lines laid out, what was refused, how far it has come) it does not write either.

CREATE UNLOGGED TABLE bench.stage (
  line int, reference text, guest int, happened timestamptz, nights int, revenue numeric
);

CREATE FUNCTION bench.import_stays(first int, last int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE made int;
BEGIN
  DROP TABLE IF EXISTS pg_temp.fresh, pg_temp.paid;
  PERFORM 1 FROM points_account WHERE unit_id IN ('night', 'point') AND member_id IN (
      SELECT g.member FROM bench.stage s JOIN bench.guest g ON g.number = s.guest WHERE s.line BETWEEN first AND last)
    ORDER BY id FOR NO KEY UPDATE;

  CREATE TEMP TABLE fresh AS
  WITH claimed AS (
    INSERT INTO earning_activitykey (id, activity_id, member_id, request_hash)
    SELECT md5(p.partner_id || ':' || s.reference)::uuid, uuidv7(), g.member,
           encode(sha256(convert_to(concat_ws(':', s.guest, s.nights, s.revenue, s.happened), 'UTF8')), 'hex')
      FROM bench.stage s JOIN bench.guest g ON g.number = s.guest CROSS JOIN bench.place p
     WHERE s.line BETWEEN first AND last
    ON CONFLICT (id) DO NOTHING RETURNING id, activity_id
  )
  SELECT c.activity_id AS id, uuidv7() AS posting, g.member, p.partner_id AS partner, p.id AS place, s.*,
         floor(s.revenue * 10)::bigint AS earned, n.id AS night_account, a.id AS point_account,
         n.balance + sum(s.nights) OVER w - s.nights AS nights_before,
         n.balance + sum(s.nights) OVER w AS nights_after, 0 AS rank, 0::bigint AS bonus
    FROM bench.stage s JOIN bench.guest g ON g.number = s.guest CROSS JOIN bench.place p
    JOIN claimed c ON c.id = md5(p.partner_id || ':' || s.reference)::uuid
    JOIN points_account n ON n.member_id = g.member AND n.unit_id = 'night'
    JOIN points_account a ON a.member_id = g.member AND a.unit_id = 'point'
   WHERE s.line BETWEEN first AND last
  WINDOW w AS (PARTITION BY g.member ORDER BY s.happened, s.line ROWS UNBOUNDED PRECEDING);
  UPDATE fresh f SET rank = coalesce((SELECT max(t.rank) FROM tiers_tier t
                                       WHERE t.ladder_id = 'fleet' AND t.threshold <= f.nights_before), 0);
  UPDATE fresh SET bonus = round(earned * coalesce((ARRAY[0, 5, 10, 15, 25, 50])[rank], 0) / 100.0);

  CREATE TEMP TABLE paid AS
  SELECT f.id, f.posting, f.member, f.happened, v.class, v.unit, v.account, v.amount, v.place, uuidv7() AS entry,
         r.id AS rule, r.revision, trim_scale(r.amount) AS rate, v.inputs,
         format('%s: %s × %s = %s %ss', r.name, v.told, trim_scale(r.amount), v.amount, v.unit) AS told,
         b.version + row_number() OVER w AS version, b.balance + sum(v.amount) OVER w AS after
    FROM fresh f, LATERAL (VALUES
        ('nights', 'night', f.night_account, f.nights::bigint, 'base', 1, format('%s nights', f.nights),
          jsonb_build_object('attribute', 'nights', 'quantity', f.nights::text, 'step', '1')),
        ('revenue', 'point', f.point_account, f.earned, 'base', 2, format('EUR %s', f.revenue),
          jsonb_build_object('attribute', 'revenue', 'quantity', f.revenue::text, 'step', '1')),
        ((ARRAY['', 'sloop', 'cutter', 'ketch', 'brig', 'clipper'])[f.rank] || '-bonus', 'point', f.point_account,
          f.bonus, 'bonus', 3, format('%s points', f.earned), jsonb_build_object('base', f.earned, 'of', 'point'))
      ) AS v (code, unit, account, amount, class, place, told, inputs)
    JOIN earning_rule r ON r.code = v.code AND r.type_id = 'stay' AND r.ends_on IS NULL
    JOIN points_account b ON b.id = v.account
   WHERE v.amount > 0
  WINDOW w AS (PARTITION BY v.account ORDER BY f.happened, f.line, v.place ROWS UNBOUNDED PRECEDING);

  WITH held AS (
    SELECT r AS rank, coalesce(jsonb_agg(t.code) FILTER (WHERE t.rank = r), '[]') AS own,
           coalesce(jsonb_agg(t.code) FILTER (WHERE t.rank <= r), '[]') AS upto
      FROM generate_series(0, 6) r LEFT JOIN tiers_tier t ON t.ladder_id = 'fleet' AND t.rank <= r GROUP BY 1
  )
  INSERT INTO earning_activity (id, partner_id, reference, type_id, location_id, occurred_at, attributes, actor,
    member_id, result, facts)
  SELECT f.id, partner, reference, 'stay', place, happened,
         jsonb_build_object('outcome', 'stayed', 'nights', nights, 'suite', false, 'revenue', revenue::text),
         'partner:' || partner, f.member,
         jsonb_build_object('balances', jsonb_build_object('night', nights_after, 'point', points_after), 'tier', (
           SELECT jsonb_build_object('code', t.code, 'name', t.name) FROM tiers_tier t
            WHERE t.ladder_id = 'fleet' AND t.threshold <= nights_after ORDER BY t.rank DESC LIMIT 1)),
         jsonb_build_object('tiers', held.own, 'reached', held.upto, 'segments', '[]'::jsonb, 'plans', '[]'::jsonb,
                            'offers', '[]'::jsonb, 'first', false,
                            'joined', (m.joined_at AT TIME ZONE 'Europe/Lisbon')::date::text, 'birthday', '')
    FROM fresh f JOIN members_member m ON m.id = f.member JOIN held ON held.rank = f.rank
    JOIN (SELECT id, max(after) FILTER (WHERE unit = 'point') AS points_after FROM paid GROUP BY 1) p ON p.id = f.id;
  GET DIAGNOSTICS made = ROW_COUNT;
  INSERT INTO points_posting (id, member_id, kind, source, actor, note, occurred_at)
  SELECT posting, member, 'earn', 'activity:' || id, 'partner:' || partner, '', happened FROM fresh;
  INSERT INTO points_entry (id, member_id, account_id, posting_id, kind, amount, balance_after, version, reason, occurred_at)
  SELECT entry, member, account, posting, class, amount, after, version, told, happened FROM paid;
  INSERT INTO points_lot (id, member_id, account_id, entry_id, awarded, remaining, held, awarded_at, expires_at)
  SELECT uuidv7(), member, account, entry, amount, amount, 0, happened,
         (date_trunc('month', happened AT TIME ZONE 'Europe/Lisbon') + interval '25 months') AT TIME ZONE 'Europe/Lisbon'
    FROM paid WHERE unit = 'point';
  INSERT INTO earning_award (id, member_id, activity_id, rule_id, unit_id, entry_id, award_class, amount, sentence, inputs)
  SELECT uuidv7(), member, id, rule, unit, entry, class, amount, told,
         jsonb_build_object('rate', rate::text, 'revision', revision) || inputs FROM paid;
  UPDATE points_account a SET balance = v.balance, version = v.version
    FROM (SELECT DISTINCT ON (account) account, after AS balance, version FROM paid ORDER BY account, version DESC) v
   WHERE a.id = v.account;

  UPDATE tiers_standing s SET ends_at = v.happened
    FROM (SELECT member, min(happened) AS happened FROM fresh f
           WHERE rank < (SELECT max(t.rank) FROM tiers_tier t WHERE t.ladder_id = 'fleet' AND t.threshold <= f.nights_after)
           GROUP BY 1) v
   WHERE s.member_id = v.member AND s.ladder_id = 'fleet' AND s.source = 'earned' AND s.ends_at IS NULL;
  INSERT INTO tiers_standing (id, member_id, ladder_id, tier_id, source, starts_at, ends_at, reason, actor, cause)
  SELECT uuidv7(), member, 'fleet', tier, 'earned', happened,
         lead(happened) OVER (PARTITION BY member ORDER BY happened, line), '', '', ''
    FROM (SELECT DISTINCT ON (f.member, f.happened) f.member, f.happened, f.line, t.id AS tier
            FROM fresh f JOIN tiers_tier t ON t.ladder_id = 'fleet' AND t.threshold <= f.nights_after
           WHERE t.rank > f.rank ORDER BY f.member, f.happened, t.rank DESC) risen;
  INSERT INTO events_event (id, type, member_id, subject, payload, occurred_at)
  SELECT uuidv7(), 'activity_recorded', member, 'act_' || replace(id::text, '-', ''), jsonb_build_object(
      'type', 'stay', 'partner', partner, 'awards', jsonb_build_array(
        jsonb_build_object('unit', 'night', 'amount', nights), jsonb_build_object('unit', 'point', 'amount', earned + bonus))),
    happened FROM fresh;
  INSERT INTO events_event (id, type, member_id, subject, payload, occurred_at)
  SELECT uuidv7(), 'tier_changed', v.member, '', jsonb_build_object('ladder', 'fleet', 'tier', a.code, 'before', b.code,
      'actor', 'partner:front-desk'), now()
    FROM (SELECT member, min(rank) AS was, max(nights_after) AS nights FROM fresh GROUP BY 1) v
    LEFT JOIN tiers_tier b ON b.ladder_id = 'fleet' AND b.rank = v.was,
    LATERAL (SELECT t.code, t.rank FROM tiers_tier t
              WHERE t.ladder_id = 'fleet' AND t.threshold <= v.nights ORDER BY t.rank DESC LIMIT 1) a
   WHERE a.rank > v.was;
  RETURN made;
END $$;

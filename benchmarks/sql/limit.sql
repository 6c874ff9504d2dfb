-- The limit: how fast PostgreSQL posts and redeems when somebody writes one program by hand, on tables made for
-- nothing else. Narrow rows, numbers for ids, one function a call. No foreign keys on what is written often, no
-- append-only triggers, no sentences, no stored answers: an upper bound, which a product with guards does not reach.

CREATE SCHEMA bench;

-- What every call reads ------------------------------------------------------------------------------------------

CREATE TABLE bench.caller (key_hash bytea PRIMARY KEY, partner int NOT NULL, is_active bool NOT NULL DEFAULT true);

CREATE TABLE bench.rule (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner int NOT NULL, kind text NOT NULL, at_least bigint NOT NULL, rank smallint NOT NULL, class text,
  rate numeric(8,4) NOT NULL, flat int NOT NULL, is_bonus bool NOT NULL, starts_on date NOT NULL, ends_on date NOT NULL
);
CREATE INDEX ON bench.rule (partner, kind);

CREATE TABLE bench.reward (
  id int PRIMARY KEY, price bigint NOT NULL CHECK (price > 0), stock int NOT NULL CHECK (stock >= 0)
) WITH (fillfactor = 50);

-- What belongs to a member ---------------------------------------------------------------------------------------

CREATE TABLE bench.member (id bigint PRIMARY KEY, card text NOT NULL UNIQUE, name text NOT NULL, rank smallint NOT NULL);

CREATE TABLE bench.activity (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner int NOT NULL, reference text NOT NULL, member bigint NOT NULL, kind text NOT NULL, class text,
  amount bigint NOT NULL, occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(),
  points bigint NOT NULL, UNIQUE (partner, reference)
);

CREATE TABLE bench.entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  member bigint NOT NULL, amount bigint NOT NULL CHECK (amount <> 0), balance_after bigint NOT NULL,
  kind smallint NOT NULL, activity bigint, redemption bigint, recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON bench.entry (member, id DESC);
CREATE INDEX ON bench.entry USING brin (recorded_at);

CREATE TABLE bench.account (
  member bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0), earned bigint NOT NULL,
  moved_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);

CREATE TABLE bench.lot (
  member bigint, ends_on date, awarded bigint NOT NULL,
  remaining bigint NOT NULL CHECK (remaining BETWEEN 0 AND awarded), PRIMARY KEY (member, ends_on)
) WITH (fillfactor = 80);

CREATE TABLE bench.standing (
  member bigint, year smallint, counted bigint NOT NULL, activities int NOT NULL, PRIMARY KEY (member, year)
) WITH (fillfactor = 80);

CREATE TABLE bench.redemption (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  member bigint NOT NULL, reward int NOT NULL, price bigint NOT NULL, code text NOT NULL UNIQUE,
  attempt text NOT NULL, issued_at timestamptz NOT NULL DEFAULT now(), UNIQUE (member, attempt)
);

CREATE TABLE bench.used (
  redemption bigint, ends_on date, amount bigint NOT NULL CHECK (amount > 0), PRIMARY KEY (redemption, ends_on)
);

CREATE TABLE bench.event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type text NOT NULL, payload jsonb NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now()
);

-- One activity ---------------------------------------------------------------------------------------------------
-- 201 recorded, 200 known with the same content, 409 known with other content, 401 no such key, 404 no such member.

CREATE FUNCTION bench.post(
  the_key bytea, the_reference text, the_member bigint, the_kind text, the_class text, the_amount bigint,
  happened timestamptz, OUT status int, OUT new_id bigint, OUT earned bigint, OUT new_balance bigint
) LANGUAGE plpgsql AS $$
DECLARE
  the_partner int; the_rank smallint; base bigint; bonus bigint;
  the_end date := date_trunc('month', happened) + interval '25 months';
BEGIN
  SELECT partner INTO the_partner FROM bench.caller WHERE key_hash = the_key AND is_active;
  IF NOT FOUND THEN status := 401; RETURN; END IF;
  SELECT rank INTO the_rank FROM bench.member WHERE id = the_member;
  IF NOT FOUND THEN status := 404; RETURN; END IF;

  SELECT coalesce(sum(floor(the_amount * rate) + flat) FILTER (WHERE NOT is_bonus), 0),
         coalesce(sum(floor(the_amount * rate) + flat) FILTER (WHERE is_bonus), 0)
    INTO base, bonus FROM bench.rule
   WHERE partner = the_partner AND kind = the_kind AND at_least <= the_amount AND rank <= the_rank
     AND (class IS NULL OR class = the_class) AND happened::date >= starts_on AND happened::date < ends_on;
  earned := base + bonus;

  -- Who inserts first is first; a twin waits here and then reads the first answer.
  INSERT INTO bench.activity (partner, reference, member, kind, class, amount, occurred_at, points)
  VALUES (the_partner, the_reference, the_member, the_kind, the_class, the_amount, happened, earned)
  ON CONFLICT (partner, reference) DO NOTHING RETURNING id INTO new_id;
  IF NOT FOUND THEN
    SELECT CASE WHEN (a.member, a.kind, a.amount) = (the_member, the_kind, the_amount) THEN 200 ELSE 409 END,
           a.id, a.points INTO status, new_id, earned
      FROM bench.activity a WHERE a.partner = the_partner AND a.reference = the_reference;
    RETURN;
  END IF;

  -- The upsert reads the row again under its lock, so what it returns is true on a busy account as well.
  INSERT INTO bench.account AS a (member, balance, earned) VALUES (the_member, earned, earned)
  ON CONFLICT (member) DO UPDATE
    SET balance = a.balance + EXCLUDED.balance, earned = a.earned + EXCLUDED.earned, moved_at = now()
  RETURNING a.balance INTO new_balance;
  INSERT INTO bench.entry (member, amount, balance_after, kind, activity)
  SELECT the_member, part.amount, part.after, part.kind, new_id
    FROM (VALUES (base, new_balance - bonus, 1), (bonus, new_balance, 2)) AS part (amount, after, kind)
   WHERE part.amount <> 0;
  INSERT INTO bench.lot AS l (member, ends_on, awarded, remaining) VALUES (the_member, the_end, earned, earned)
  ON CONFLICT (member, ends_on) DO UPDATE
    SET awarded = l.awarded + EXCLUDED.awarded, remaining = l.remaining + EXCLUDED.remaining;
  INSERT INTO bench.standing AS s (member, year, counted, activities)
  VALUES (the_member, extract(year FROM happened), base, 1)
  ON CONFLICT (member, year) DO UPDATE
    SET counted = s.counted + EXCLUDED.counted, activities = s.activities + 1;
  INSERT INTO bench.event (type, payload) VALUES ('activity_recorded', jsonb_build_object(
    'member', the_member, 'activity', new_id, 'points', earned, 'balance', new_balance));
  status := 201;
END $$;

-- One redemption -------------------------------------------------------------------------------------------------
-- The account is locked by a statement of its own, and the lots are read by a later one: everything within one
-- statement sees the moment before the lock was granted, and would spend from lots that are spent already.

CREATE FUNCTION bench.redeem(
  the_member bigint, the_reward int, the_attempt text,
  OUT status int, OUT new_id bigint, OUT new_balance bigint
) LANGUAGE plpgsql AS $$
DECLARE the_price bigint; available bigint;
BEGIN
  SELECT price INTO the_price FROM bench.reward WHERE id = the_reward;
  IF NOT FOUND THEN status := 404; RETURN; END IF;
  SELECT balance INTO available FROM bench.account WHERE member = the_member FOR UPDATE;
  SELECT id INTO new_id FROM bench.redemption WHERE member = the_member AND attempt = the_attempt;
  IF FOUND THEN status := 200; new_balance := available; RETURN; END IF;
  IF coalesce(available, 0) < the_price THEN status := 409; new_balance := available; RETURN; END IF;

  INSERT INTO bench.redemption (member, reward, price, code, attempt)
  VALUES (the_member, the_reward, the_price, gen_random_uuid()::text, the_attempt) RETURNING id INTO new_id;
  WITH open_lots AS (
    SELECT ends_on, remaining, sum(remaining) OVER (ORDER BY ends_on) - remaining AS before
      FROM bench.lot WHERE member = the_member AND remaining > 0
  ), taken AS (
    UPDATE bench.lot l SET remaining = l.remaining - part.amount
      FROM (SELECT ends_on, least(remaining, the_price - before)::bigint AS amount
              FROM open_lots WHERE before < the_price) part
     WHERE l.member = the_member AND l.ends_on = part.ends_on RETURNING l.ends_on, part.amount
  )
  INSERT INTO bench.used (redemption, ends_on, amount) SELECT new_id, ends_on, amount FROM taken;
  UPDATE bench.account SET balance = balance - the_price, moved_at = now()
   WHERE member = the_member RETURNING balance INTO new_balance;
  INSERT INTO bench.entry (member, amount, balance_after, kind, redemption)
  VALUES (the_member, -the_price, new_balance, 3, new_id);
  INSERT INTO bench.event (type, payload) VALUES ('reward_redeemed', jsonb_build_object(
    'member', the_member, 'redemption', new_id, 'balance', new_balance));
  -- What all members share is taken last: held shortest, and always in the same order.
  UPDATE bench.reward SET stock = stock - 1 WHERE id = the_reward AND stock > 0;
  IF NOT FOUND THEN RAISE EXCEPTION 'out of stock'; END IF;
  status := 201;
END $$;

-- Whether the books are right: a fast wrong result is not a result ------------------------------------------------

CREATE FUNCTION bench.faults() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT (SELECT count(*) FROM bench.account a
           LEFT JOIN (SELECT member, sum(amount) AS total FROM bench.entry GROUP BY 1) e USING (member)
          WHERE a.balance <> coalesce(e.total, 0))
       + (SELECT count(*) FROM bench.account a
           LEFT JOIN (SELECT member, sum(remaining) AS total FROM bench.lot GROUP BY 1) l USING (member)
          WHERE a.balance <> coalesce(l.total, 0))
       + (SELECT count(*) FROM bench.redemption r
           LEFT JOIN (SELECT redemption, sum(amount) AS total FROM bench.used GROUP BY 1) u ON u.redemption = r.id
          WHERE r.price <> coalesce(u.total, 0))
$$;

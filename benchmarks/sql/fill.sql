-- What the limit works on: {members} members with {each} activities each, 20 partners, 400 rules, 50 rewards.
-- Ten rules look at one call: one base rate and nine bonuses by amount, rank and class.

INSERT INTO bench.caller SELECT sha256(('key-' || n)::bytea), n FROM generate_series(1, 20) n;

INSERT INTO bench.rule (partner, kind, at_least, rank, class, rate, flat, is_bonus, starts_on, ends_on)
SELECT p, kind, CASE WHEN n = 0 THEN 0 ELSE 1000 * (n % 4) END, n % 4,
       CASE WHEN n > 0 THEN (ARRAY['food', 'room', NULL])[1 + n % 3] END,
       CASE WHEN n = 0 THEN 0.05 ELSE 0.005 * n END, n, n > 0, '2020-01-01', '2040-01-01'
  FROM generate_series(1, 20) p, unnest(ARRAY['stay', 'purchase']) kind, generate_series(0, 9) n;

INSERT INTO bench.reward SELECT n, 100 + 10 * n, 100000000 FROM generate_series(1, 50) n;

INSERT INTO bench.member SELECT n, 'M' || lpad(n::text, 9, '0'), 'Member ' || n, (n % 10 = 0)::int + (n % 100 = 0)::int
  FROM generate_series(1, {members}) n;

INSERT INTO bench.activity (partner, reference, member, kind, class, amount, occurred_at, recorded_at, points)
SELECT 1 + n % 20, 'filled-' || n, 1 + n % {members}, (ARRAY['stay', 'purchase'])[1 + n % 2],
       (ARRAY['food', 'room', NULL])[1 + n % 3], 1000 + n % 20000, at, at, 50 + n % 1000
  FROM generate_series(1, {members} * {each}) n,
       LATERAL (SELECT now() - interval '600 days' * (1 - n::numeric / ({members} * {each}))::float AS at) dated;

INSERT INTO bench.entry (member, amount, balance_after, kind, activity, recorded_at)
SELECT member, points, sum(points) OVER (PARTITION BY member ORDER BY id), 1, id, recorded_at
  FROM bench.activity ORDER BY id;
INSERT INTO bench.account (member, balance, earned) SELECT member, sum(amount), sum(amount) FROM bench.entry GROUP BY 1;
INSERT INTO bench.lot
SELECT member, date_trunc('month', recorded_at) + interval '25 months', sum(amount), sum(amount)
  FROM bench.entry GROUP BY 1, 2;
INSERT INTO bench.standing
SELECT member, extract(year FROM recorded_at), sum(amount), count(*) FROM bench.entry GROUP BY 1, 2;

-- A status other than 201 divides by zero: a round of refusals is not a result.
\set member random(1, :members)
\set partner random(1, 20)
\set amount random(1000, 20000)
\set number random(1, 9000000000000000)
SELECT 1 / (status = 201)::int FROM bench.post(sha256(('key-' || :partner)::bytea), (:number)::bigint::text, :member, 'stay', 'room', :amount, now());

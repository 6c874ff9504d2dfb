-- A status other than 201 divides by zero: a round of refusals is not a result.
\set guest random(1, :members)
\set nights random(1, 3)
\set cents random(8000, 90000)
\set number random(1, 9000000000000000)
SELECT 1 / (status = 201)::int FROM bench.post_stay(:key, (:number)::bigint::text, :guest, :nights, :cents / 100.0, now());

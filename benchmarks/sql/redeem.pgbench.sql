-- A status other than 201 divides by zero: a round of refusals is not a result.
\set member random(1, :members)
\set reward random(1, 50)
\set number random(1, 9000000000000000)
SELECT 1 / (status = 201)::int FROM bench.redeem(:member, :reward, (:number)::bigint::text);

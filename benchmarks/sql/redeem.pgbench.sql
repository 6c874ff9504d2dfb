\set member random(1, :members)
\set reward random(1, 50)
\set number random(1, 9000000000000000)
SELECT * FROM bench.redeem(:member, :reward, (:number)::bigint::text);

"""How fast Pennant is, beside a limit written by hand and measured in the same run.

`python -m benchmarks evaluate | simulate | post | hot | redeem | surveys`. See docs/BENCHMARKS.md.
"""

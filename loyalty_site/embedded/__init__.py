"""Pennant's own PostgreSQL, used when DATABASE_URL is not set.

`place` says where its files are, `server` starts and stops it, `guardian` stops it when the last
process is gone however that ended, `base` is the Django database backend on top.
"""

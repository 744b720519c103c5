"""Zero-setup mode: Postgres, Redis and S3 out of wheels, and the processes that use them.

Nothing here imports Django, so tests and scripts may use the servers on their own. Modules
are named so that `bootstrap.py` can run as a plain script beside them without hiding a
module of the standard library.
"""

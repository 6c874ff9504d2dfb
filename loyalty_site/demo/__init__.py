"""The demo: a populated portal, its processes, and a page to read its mails."""

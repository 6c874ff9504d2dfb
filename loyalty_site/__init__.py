"""The site: settings, addresses, processes. Imports anything; nobody imports it."""

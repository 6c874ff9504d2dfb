"""Tags only the portal needs."""

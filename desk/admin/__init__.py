"""Registrations, one module for each app of the house. They live here because a member's list shows what higher floors know."""

from desk.admin import earning, events, members, partners, points, program, rewards, rules, system, tiers

__all__ = ["earning", "events", "members", "partners", "points", "program", "rewards", "rules", "system", "tiers"]

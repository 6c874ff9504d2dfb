"""What clerks do, as forms: each asks for what its verb needs, and `act` calls the house's verb
with the clerk as its actor.

What must stay true: a form that is sent twice acts once; a refusal says why and keeps what was
typed.
"""

from common.errors import InvalidInput, LoyaltyError


class BlueprintInvalid(InvalidInput):
    """A blueprint says something that cannot be; `place` names the key, the message the remedy."""

    code = "blueprint_invalid"
    title = "The blueprint is not valid"


class ProgramMissing(LoyaltyError):
    code = "program_missing"
    status = 503
    title = "No program has been set up yet"


class UnknownActivityType(InvalidInput):
    code = "unknown_activity_type"
    title = "This activity type is not part of the program"


class AttributesInvalid(InvalidInput):
    """One or more attributes of an activity do not fit its type; `data["errors"]` lists all of
    them.
    """

    code = "attributes_invalid"
    title = "The attributes do not fit the activity type"


class UnknownPartner(InvalidInput):
    code = "unknown_partner"
    title = "This partner is not part of the program"


class UnknownLocation(InvalidInput):
    code = "unknown_location"
    title = "This location is not known for the partner"


class HistoryProtected(LoyaltyError):
    """The change would rewrite what members have already earned or own; a successor is the way."""

    code = "history_protected"
    title = "This part of the program is in use and can only be succeeded"


class FileInTheWay(LoyaltyError):
    """A file would be written over that somebody may have written by hand."""

    code = "file_in_the_way"
    title = "There is a file already"


class ScenarioMissing(InvalidInput):
    code = "scenario_missing"
    title = "There is no scenario to play"


class ScenarioFailed(LoyaltyError):
    """A scenario expected something else than what happened."""

    code = "scenario_failed"
    title = "The program does not do what its scenarios say"


class MarksMissing(InvalidInput):
    code = "marks_missing"
    title = "The page has no place for the reference"

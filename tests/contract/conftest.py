from tests.partners.conftest import ids_of_now
from tests.till import till

__all__ = ["ids_of_now", "till"]

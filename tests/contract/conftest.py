from tests.till import till

__all__ = ["till"]

import pytest


@pytest.mark.parametrize("n", range(6))
def test_hotel(hotel, n):
    assert hotel.name == "Maré Circle"

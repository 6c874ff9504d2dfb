"""Rewards: what there is to be had, for everybody or for one member."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from partners import calls, documents, examples, naming, wares
from partners.calls import PartnerViewSet
from partners.models import Scope
from partners.shapes.rewards import RewardAnswer, RewardsAnswer
from program import catalog

MEMBER = {"member": "As this member sees them: `mem_…`, a card, or `ref:` and your number."}


class RewardViewSet(PartnerViewSet):
    """The catalogue."""

    scopes: ClassVar = {"list": Scope.REWARDS_READ, "retrieve": Scope.REWARDS_READ}
    parameters: ClassVar = {"list": ("member",), "retrieve": ("member",)}

    @documents.call(
        "listRewards",
        tag="Rewards",
        summary="List rewards",
        words="What is on offer now. Name a member, and each tells what they pay, what they lack "
        "and which tier they need. `kind`, `needs` and `dates` say what a redemption has to tell.",
        scope=Scope.REWARDS_READ,
        answers={200: ("RewardsAnswer", "The catalogue.", {"data": [examples.REWARD]})},
        query=MEMBER,
        codes=documents.ADDRESSED,
    )
    def list(self, request: Request) -> Response:
        return Response(RewardsAnswer([*self._offers(request)]))

    @documents.call(
        "getReward",
        tag="Rewards",
        summary="Get a reward",
        words="One of those on offer.",
        scope=Scope.REWARDS_READ,
        answers={200: ("RewardAnswer", "The reward.", examples.REWARD)},
        path={"reward": ("The code.", examples.REWARD["code"])},
        query=MEMBER,
        codes=documents.ADDRESSED,
    )
    def retrieve(self, request: Request, reward: str) -> Response:
        found = next((one for one in self._offers(request) if one.code == reward), None)
        if found is None:
            raise calls.nothing("reward")
        return Response(found)

    def _offers(self, request: Request) -> Sequence[RewardAnswer]:
        named = request.query_params.get("member")
        member = naming.member_at(named) if named is not None else None
        return wares.catalogue(member, program=catalog.current())

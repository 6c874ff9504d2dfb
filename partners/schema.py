"""The OpenAPI document: how calls are authenticated, and the structs as its components."""

from __future__ import annotations

import copy
import functools
from typing import Any

import msgspec
from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView

from members.models import Card, MemberKey
from partners import answers, documents, examples, links
from partners.shapes import SHOWN
from partners.submitted import ActivitySubmitted, MemberNamed

SHAPES = [
    ActivitySubmitted,
    answers.ActivityAnswer,
    answers.PendingAnswer,
    answers.UnclaimedAnswer,
    answers.MemberAnswer,
    answers.Problem,
    MemberNamed,
]
AT = "#/components/schemas/{name}"


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells the document what `KeyAuthentication` asks for."""

    target_class = "partners.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": (
                "A key of the form pn_live_… (or pn_test_…, for the sandbox), from whoever runs "
                "the program."
            ),
        }


class Once(SchemaGenerator):
    """Makes the document once a process: nothing in it depends on who asks, and anybody may ask."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        made = _made(public)
        if settings.DEMO:
            made = copy.deepcopy(made)
            _show_card(made)
        return made


@functools.cache
def _made(public: bool) -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(public=public)  # type: ignore[no-untyped-call]
    return made


class SchemaView(SpectacularAPIView):
    """The document: JSON, or YAML with `?format=yaml` or `Accept: application/yaml`."""

    generator_class = Once
    renderer_classes = [OpenApiJsonRenderer, OpenApiYamlRenderer]


def add_shapes(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Put the structs among the components."""
    _, components = msgspec.json.schema_components([*SHAPES, *SHOWN], ref_template=AT)
    result.setdefault("components", {}).setdefault("schemas", {}).update(components)
    result["info"]["description"] = documents.INTRODUCTION
    links.add(result)
    return result


def _show_card(result: dict[str, Any]) -> None:
    """Put into the demo's document a card that exists."""
    known = MemberKey.id_for(MemberKey.Kind.REFERENCE, examples.AGENT)
    card = Card.objects.filter(member__keys=known, is_active=True).first()
    if card is None:
        return
    for parameter in result["paths"]["/api/v1/members/{member}"]["get"]["parameters"]:
        if parameter["name"] == "member":
            parameter["examples"]["Card"] = {"value": card.number, "summary": "Card"}

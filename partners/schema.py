"""The OpenAPI document: how calls are authenticated, and the structs as its components."""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
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


class SchemaView(SpectacularAPIView):
    """The document: JSON, or YAML with `?format=yaml` or `Accept: application/yaml`."""

    renderer_classes = [OpenApiJsonRenderer, OpenApiYamlRenderer]


def add_shapes(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Put the structs among the components, and into the demo's document a card that exists."""
    _, components = msgspec.json.schema_components([*SHAPES, *SHOWN], ref_template=AT)
    result.setdefault("components", {}).setdefault("schemas", {}).update(components)
    result["info"]["description"] = documents.INTRODUCTION
    links.add(result)
    if settings.DEMO:
        _show_card(result)
    return result


def _show_card(result: dict[str, Any]) -> None:
    known = MemberKey.id_for(MemberKey.Kind.REFERENCE, examples.AGENT)
    card = Card.objects.filter(member__keys=known, is_active=True).first()
    if card is None:
        return
    for parameter in result["paths"]["/api/v1/members/{member}"]["get"]["parameters"]:
        if parameter["name"] == "member":
            parameter["examples"]["Card"] = {"value": card.number, "summary": "Card"}

"""Imports: files of activities, sent, looked at, applied."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from common import sheets
from common.errors import LoyaltyError
from common.formats import StrictJSONParser
from common.problems import MediaTypeUnsupported
from partners import calls, documents, examples, imports
from partners.calls import PartnerViewSet, actor_of, key_of
from partners.errors import FileUnreadable, ParameterInvalid, ScopeMissing
from partners.idempotency import REPLAYED
from partners.imports import Order
from partners.models import Import, Scope
from partners.shapes.imports import (
    ImportAnswer,
    ImportOutcome,
    ImportProblemAnswer,
    ImportProgress,
    ImportReport,
    ImportsAnswer,
)
from partners.uploads import CsvParser, NdjsonParser, Upload
from program import catalog

HEAD = ("line", "column", "code", "what to do")
YES = {"yes": True, "no": False}
PATH = {"import": ("The id, `imp_…`.", examples.IMPORT["id"])}
ONE = {200: ("ImportAnswer", "The import as it stands now.", examples.IMPORT)}


class ImportViewSet(PartnerViewSet):
    """Files of the key's partner."""

    parser_classes = [StrictJSONParser, CsvParser, NdjsonParser]
    scopes: ClassVar = dict.fromkeys(
        ("create", "list", "retrieve", "errors", "apply", "cancel", "resume"), Scope.IMPORTS_WRITE
    )
    parameters: ClassVar = {
        "create": ("name", "type", "location", "enroll", "apply"),
        "list": ("limit", "cursor"),
    }
    natural: ClassVar = frozenset({"create", "apply", "cancel", "resume"})

    def meaning(self, request: Request) -> Any:
        """A file means its digest, and what is said beside it."""
        sent: Any = request.data
        if isinstance(sent, Upload):
            return {"sha256": sent.sha256, **request.query_params.dict()}
        return super().meaning(request)

    @documents.call(
        "createImport",
        tag="Imports",
        summary="Send a file of activities",
        words="Millions of lines at once. CSV with a first line of names, or NDJSON with one "
        "activity a line, in UTF-8, packed with gzip or not; up to 256 MiB and 5,000,000 lines. A "
        "line of NDJSON is what `POST /activities` takes. CSV has the columns `reference` and "
        "`occurred_at`; `type`, `location`; one of `card`, `email`, `phone`, `member` (your own "
        "number for the member); and the attributes under their codes.\n\n"
        "The file is kept and checked line by line; ask for the import until its `state` is "
        "`checked`, look at its report, then apply it. With `apply=yes` it is applied without a "
        "report. The same file again is the same import, and lines that are recorded already count "
        "as repeated: nothing is recorded twice.",
        scope=Scope.IMPORTS_WRITE,
        answers={
            202: ("ImportAnswer", "Kept; it is being checked.", examples.IMPORT_SENT),
            200: ("ImportAnswer", "This file has come before: its import.", examples.IMPORT),
        },
        query={
            "name": "What the file is called, for people.",
            "type": "The activity type of lines that name none.",
            "location": "The place of lines that name none.",
            "enroll": "`yes`: a member's reference that nobody has makes a new member. Needs the "
            "scope `members:write` as well.",
            "apply": "`yes`: apply it as soon as it is checked, without a report.",
        },
        codes=["file_unreadable", "unknown_location", "location_denied", "role_missing"],
        files={"text/csv": examples.CSV_FILE, "application/x-ndjson": examples.NDJSON_FILE},
        idempotency="possible",
    )
    def create(self, request: Request) -> Response:
        upload: Any = request.data
        if request.content_type == "application/json":
            raise MediaTypeUnsupported("Send text/csv or application/x-ndjson.")
        if not isinstance(upload, Upload):  # a body of no length is not parsed
            raise FileUnreadable("The file is empty.")
        run, is_repeat = imports.receive(upload, _order(request))
        response = Response(_shown(run), status=200 if is_repeat else 202)
        if is_repeat:
            response[REPLAYED] = "true"
        return response

    @documents.call(
        "listImports",
        tag="Imports",
        summary="List your imports",
        words="The files of your partner, newest first.",
        scope=Scope.IMPORTS_WRITE,
        answers={200: ("ImportsAnswer", "A page.", {"data": [examples.IMPORT], "next": None})},
        query=documents.PAGES,
    )
    def list(self, request: Request) -> Response:
        found, following = calls.page(request, imports.of(key_of(request)), prefix="imp")
        return Response(ImportsAnswer([_shown(row) for row in found], following))

    @documents.call(
        "getImport",
        tag="Imports",
        summary="Get an import",
        words="How far it is, what it would do or has done, and the first refused lines.",
        scope=Scope.IMPORTS_WRITE,
        answers=ONE,
        path=PATH,
        codes=["nothing_there"],
    )
    def retrieve(self, request: Request, **path: str) -> Response:
        return Response(_shown(_one(request, path)))

    @documents.call(
        "getImportErrors",
        tag="Imports",
        summary="Get the refused lines",
        words="All refused lines as CSV: line, column, code, what to do. Cells that a spreadsheet "
        "would run as a formula begin with an apostrophe.",
        scope=Scope.IMPORTS_WRITE,
        answers={},
        table=examples.REFUSED_LINES,
        path=PATH,
        codes=["nothing_there"],
    )
    def errors(self, request: Request, **path: str) -> HttpResponseBase:
        return errors_file(_one(request, path))

    @documents.call(
        "applyImport",
        tag="Imports",
        summary="Apply a checked import",
        words="Record its lines by the same rules as single calls. Asking again changes nothing.",
        scope=Scope.IMPORTS_WRITE,
        answers=ONE,
        path=PATH,
        codes=["nothing_there", "import_stands"],
        idempotency="possible",
    )
    def apply(self, request: Request, **path: str) -> Response:
        run = imports.release(_one(request, path), actor=actor_of(request))
        return Response(_shown(run))

    @documents.call(
        "cancelImport",
        tag="Imports",
        summary="Stop an import",
        words="Nothing more of it is recorded; what is recorded by then stays recorded.",
        scope=Scope.IMPORTS_WRITE,
        answers=ONE,
        path=PATH,
        codes=["nothing_there", "import_stands"],
        idempotency="possible",
    )
    def cancel(self, request: Request, **path: str) -> Response:
        run = imports.cancel(_one(request, path), actor=actor_of(request))
        return Response(_shown(run))

    @documents.call(
        "resumeImport",
        tag="Imports",
        summary="Go on with a stopped import",
        words="It goes on where it stopped. Files of workers that broke down go on by themselves.",
        scope=Scope.IMPORTS_WRITE,
        answers=ONE,
        path=PATH,
        codes=["nothing_there", "import_stands"],
        idempotency="possible",
    )
    def resume(self, request: Request, **path: str) -> Response:
        run = imports.resume(_one(request, path), actor=actor_of(request))
        return Response(_shown(run))


def errors_file(run: Import) -> HttpResponseBase:
    """The refused lines of an import, as a file for a spreadsheet."""

    def rows() -> Any:
        yield HEAD
        yield from imports.refusals(run)

    answer = StreamingHttpResponse(sheets.lines(rows()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{run.public_id}-refused.csv"'
    return answer


def _order(request: Request) -> Order:
    """What was said beside a file. Raises ParameterInvalid, ScopeMissing."""
    key, given = key_of(request), request.query_params
    enrolls = _yes(request, "enroll")
    if enrolls and Scope.MEMBERS_WRITE not in key.scopes:
        raise ScopeMissing(
            f"enroll=yes needs the scope {Scope.MEMBERS_WRITE} as well.", scope=Scope.MEMBERS_WRITE
        )
    known, type, location = catalog.of(catalog.current()), given.get("type", ""), ""
    try:
        if type:
            known.type(type)
        if given.get("location"):
            found = calls.place_of(key, given["location"], role="earn", pointer="")
            location = found.code if found else ""
    except LoyaltyError as error:
        if error.status != 400:
            raise
        raise ParameterInvalid(error.message) from None
    return Order(
        partner=key.partner,
        name=_name(given.get("name", "")),
        actor=actor_of(request),
        key=key,
        type=type,
        location=location,
        enrolls=enrolls,
        is_direct=_yes(request, "apply"),
    )


def _yes(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "no")
    if text not in YES:
        raise ParameterInvalid(f"{name} is yes or no.")
    return YES[text]


def _name(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ParameterInvalid("name has at most 200 printable characters.")
    return text.strip() or "file"


def _one(request: Request, path: dict[str, str]) -> Import:
    pk = calls.identified("imp", path["import"])
    row = imports.of(key_of(request)).filter(pk=pk).first()
    if row is None:
        raise calls.nothing("imp")
    return row


def _shown(run: Import) -> ImportAnswer:
    is_checked = "types" in run.report
    is_begun = run.state in (Import.State.APPLYING, Import.State.APPLIED) or run.applied_by
    outcome = run.outcome or (imports.outcome(run) if is_begun else {})
    return ImportAnswer(
        id=run.public_id,
        state=run.state,
        file=run.file_name,
        format=run.form,
        size=run.size,
        created_at=run.created_at,
        finished_at=run.finished_at,
        progress=ImportProgress(**imports.progress(run)),
        report=ImportReport(**run.report) if is_checked else None,
        outcome=ImportOutcome(**outcome) if outcome else None,
        problem=run.problem,
        refused=[
            ImportProblemAnswer(one.line, one.column, one.code, one.message)
            for one in imports.first_refusals(run)
        ],
    )

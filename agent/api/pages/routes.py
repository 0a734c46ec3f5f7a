"""Where people look at an approval and answer: by the link they were mailed, or by the approval's own page.

Looking changes nothing: mail scanners and previews follow links. Answering is a POST, and only from our own form.
"""

import re
import secrets
from dataclasses import replace
from typing import Annotated, Final, assert_never

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError

from agent.api.deps import Served
from agent.api.errors import status_of
from agent.api.pages import session
from agent.api.pages.proof import proof_of, refuse_foreign, refuse_unless_proven
from agent.api.pages.render import Pages
from agent.api.pages.seen import Waits, seen
from agent.api.pages.visit import VISITOR, Form, Visit, form_of, speaker, visit_of
from agent.api.rights import needs
from agent.service.replying import About, Said
from agent.service.served import Services
from agent.store.answers import Verb
from domain.errors import InvalidInputError, OrchestratorError, UnauthenticatedError
from domain.principal import Principal
from notifiers.links import ApprovalLink
from notifiers.links import opened as link_opened

router = APIRouter(include_in_schema=False)

SHOWN: Final = 200
ONWARD: Final = re.compile(r"/(?:page|page/[\w-]{1,64}|link/[\w-]{1,1024})")
"""Where a login may lead back to: pages of ours, and nowhere else."""
_VERB: Final[TypeAdapter[Verb]] = TypeAdapter(Verb)


async def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


Printing = Annotated[Pages, Depends(_pages)]


@router.get("/page")
@needs("nothing")
async def inbox(request: Request, served: Served, pages: Printing) -> Response:
    """What waits, the most urgent first."""
    if _locked(visit_of(request, served, "/page"), served):
        return _login(pages, "/page")
    now = served.clock.now()
    found = await served.approvals.pending(limit=SHOWN)
    return pages.show("inbox", waiting=[Waits.of(approval, title, now) for approval, title in found])


@router.get("/page/{reference}")
@needs("nothing")
async def page(reference: str, request: Request, served: Served, pages: Printing) -> Response:
    """One approval, as it stands."""
    visit = visit_of(request, served, request.url.path)
    if _locked(visit, served):
        return _login(pages, visit.path)
    try:
        about = await served.replying.about(reference)
    except OrchestratorError as error:
        return _refused(pages, error)
    visit = replace(
        visit, path=f"/page/{about.approval.approval_id}", bound=visit.bound or secrets.token_urlsafe(24)
    )
    response = _show(served, pages, about, visit)
    if visit.caller is None:
        _keep(response, served, VISITOR, visit.bound)
    return response


@router.post("/page/{reference}")
@needs("nothing")
async def answer_on_page(reference: str, request: Request, served: Served, pages: Printing) -> Response:
    """Answer, logged in; where nobody can be, as whoever one says one is, and the record says that, too."""
    visit = visit_of(request, served, request.url.path)
    if _locked(visit, served):
        return _login(pages, visit.path)
    return await _answered(request, served, pages, reference, visit)


@router.get("/link/{token}")
@needs("nothing")
async def by_link(token: str, request: Request, served: Served, pages: Printing) -> Response:
    """The approval that one person was mailed about."""
    try:
        link = _opened(served, token)
        about = await served.replying.about(str(link.approval_id))
    except OrchestratorError as error:
        return _refused(pages, error)
    visit = visit_of(request, served, f"/link/{token}", token=token, link=link)
    spent = await served.replying.used(link) is not None
    return _show(served, pages, about, visit, spent=spent)


@router.post("/link/{token}")
@needs("nothing")
async def answer_by_link(token: str, request: Request, served: Served, pages: Printing) -> Response:
    """Answer once."""
    try:
        link = _opened(served, token)
    except OrchestratorError as error:
        return _refused(pages, error)
    visit = visit_of(request, served, f"/link/{token}", token=token, link=link)
    return await _answered(request, served, pages, str(link.approval_id), visit)


@router.post("/login")
@needs("nothing")
async def login(request: Request, served: Served, pages: Printing) -> Response:
    """A key for a login that lasts a few hours."""
    onward = "/page"
    try:
        refuse_foreign(request.headers)
        form = await form_of(request)
        onward = form.next if ONWARD.fullmatch(form.next) else onward
        if served.keyring is None:
            raise InvalidInputError("nobody logs in here: authentication is off (AUTH_MODE)")
        cookie = session.opened(
            form.key, served.keyring, now=served.clock.now(), signing=served.linking.keys[0]
        )
    except OrchestratorError as error:
        return _login(pages, onward, error)
    response = RedirectResponse(onward, status_code=303)
    _keep(response, served, session.COOKIE, cookie, seconds=int(session.LASTS.total_seconds()))
    return response


@router.post("/logout")
@needs("nothing")
async def logout(request: Request, pages: Printing) -> Response:
    """This browser forgets its login."""
    try:
        refuse_foreign(request.headers)
        form = await form_of(request)
    except OrchestratorError as error:
        return _refused(pages, error)
    response = RedirectResponse(form.next if ONWARD.fullmatch(form.next) else "/page", status_code=303)
    response.delete_cookie(session.COOKIE, path="/")
    return response


async def _answered(
    request: Request, served: Services, pages: Pages, reference: str, visit: Visit
) -> Response:
    form = Form()
    try:
        refuse_foreign(request.headers)
        about = await served.replying.about(reference)
        form = await form_of(request)
        refuse_unless_proven(form.proof, visit.bound, about.approval, served.linking.keys)
        by = speaker(visit, about.approval, served, name=form.person, role=form.role)
        await served.replying.answer(str(about.approval.approval_id), _said(form, by), link=visit.link)
    except OrchestratorError as error:
        return await _again(served, pages, reference, error, replace(visit, kept=form))
    return RedirectResponse(visit.path, status_code=303)


def _opened(served: Services, token: str) -> ApprovalLink:
    return link_opened(token, keys=served.linking.keys, now=served.clock.now())


def _said(form: Form, by: Principal) -> Said:
    """Raises InvalidInputError for what is no answer."""
    try:
        verb = _VERB.validate_python(form.answer)
    except ValidationError as error:
        raise InvalidInputError("an answer is approve, reject or changes; use the buttons") from error
    if not by.id:
        raise InvalidInputError("say who you are: your name or address")
    if not form.text and verb != "approve":
        raise InvalidInputError(f"say why: {_wanting(verb)}")
    return Said(verb, by, form.text, form.plan_hash)


def _wanting(verb: Verb) -> str:
    match verb:
        case "reject":
            return "the requester reads your reason"
        case "changes":
            return "the plan is made anew from your words"
        case "approve":
            return "your reason is recorded"
        case other:
            assert_never(other)


async def _again(
    served: Services, pages: Pages, reference: str, error: OrchestratorError, visit: Visit
) -> Response:
    """The page as it stands now, with what was wrong, and with what was filled in."""
    try:
        about = await served.replying.about(reference)
    except OrchestratorError as gone:
        return _refused(pages, gone)
    shown = replace(visit, flash=error.message, status=status_of(error))
    return _show(served, pages, about, shown)


def _show(served: Services, pages: Pages, about: About, visit: Visit, *, spent: bool = False) -> Response:
    approval, successor = about.approval, about.successor
    try:
        by = speaker(visit, approval, served)
    except UnauthenticatedError:
        by = None
    return pages.show(
        "approval",
        status=visit.status,
        seen=seen(
            approval, about.title, about.plan, now=served.clock.now(), successor=successor, diff=about.diff
        ),
        flash=visit.flash,
        path=visit.path,
        page=f"/page/{approval.approval_id}",
        path_of_successor=f"/page/{successor.approval_id}" if successor else "",
        proof=proof_of(visit.bound, approval, served.linking.keys[0]) if visit.bound else "",
        who=by.id if by else "",
        authenticated=by is not None and by.authenticated,
        logged_in=visit.caller is not None,
        login=by is None,
        roles=approval.demand.roles if served.keyring is None else (),
        kept=visit.kept,
        spent=spent and visit.caller is None,
    )


def _locked(visit: Visit, served: Services) -> bool:
    """Without a link, only those who are logged in look at what others plan."""
    return served.keyring is not None and visit.caller is None


def _login(pages: Pages, path: str, error: OrchestratorError | None = None) -> Response:
    return pages.show(
        "message",
        status=status_of(error) if error else 401,
        headline="Log in",
        text=error.message if error else "Plans are shown to those who are known here.",
        login=True,
        path=path,
    )


def _refused(pages: Pages, error: OrchestratorError) -> Response:
    headline = {404: "There is no such approval", 410: "This link has expired"}.get(
        status_of(error), "This link does not open anything"
    )
    return pages.show(
        "message", status=status_of(error), headline=headline, text=error.message, login=False, path=""
    )


def _keep(response: Response, served: Services, name: str, value: str, *, seconds: int | None = None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="strict",
        secure=served.linking.base.startswith("https://"),
    )

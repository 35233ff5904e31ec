"""Templates into pages: who asks, in what language, with what the menu needs. Nothing here decides."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.filters import do_mark_safe
from jinja2.runtime import Context

from api.deps import csrf_of, the_house
from api.views import words
from api.views.bundle_words import told_step
from api.views.journal_words import read_details
from api.views.menu import Menu, menu_of
from ged.mail.access import SYSTEM, Actor, Right
from ged.mail.lists import Term
from ged.mail.reason import tell
from ged.mail.said import tell as told_in
from ingest.readers.table import accepted

LANGUAGE_COOKIE = "ged_langue"
_WEB = Path(__file__).parents[1] / "web"


def language_of(request: Request) -> str:
    """Return the language to answer in: the one chosen on this device, else the person's, else French."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in words.LANGUAGES:
        return chosen
    actor: Actor | None = getattr(request.state, "actor", None)
    return actor.language if actor and actor.language in words.LANGUAGES else "fr"


@cache
def environment(language: str) -> Environment:
    """Return the templates of a language, with their filters bound to it."""
    made = Environment(
        loader=FileSystemLoader(_WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(words.translations(language), newstyle=True)  # type: ignore[attr-defined]
    say = words.translations(language).gettext
    made.filters.update(
        code=lambda value: say(words.CODES.get(value, str(value))),
        level=pass_context(lambda context, value: _level(context.get("levels_named", {}), value, language)),
        act=lambda value: say(words.ACTS.get(value, str(value))),
        way=lambda value: say(words.WAYS.get(value, str(value))),
        field=lambda value: say(words.FIELDS.get(value, str(value))),
        details=lambda value: read_details(value, language),
        person=lambda name: say(words.SYSTEM_NAME) if name == SYSTEM.name else name,
        moment=lambda value: words.moment(value, language),
        size=lambda value: words.size(value, language),
        day=words.typed_day,
        counted=lambda value: words.counted(value, language),
        told=lambda value: told_in(value, say),
        step=lambda value: told_step(value, say),
        why=lambda value: tell(value, words.tongue(language)),
    )
    made.globals["_"] = _telling(say)
    made.globals["static"] = _address
    made.globals["ngettext"] = _counting(cast("Callable[..., str]", made.globals["ngettext"]), language)
    made.globals["language"] = language
    made.globals["basket_titles"] = words.BASKETS
    made.globals["page_regions"] = words.PAGE_REGIONS
    made.globals["register_titles"] = words.REGISTERS
    made.globals["accepted_files"], made.globals["accepted_scans"] = accepted(), accepted(paged=True)
    return made


@cache
def _address(name: str) -> str:
    """Return where a file that pages load is asked for: another address for other bytes.

    Browsers keep it for a year, and after an upgrade no page runs with the script or the look of before.
    """
    content = (_WEB / "static" / name).read_bytes()
    return f"/static/{name}?{hashlib.sha256(content).hexdigest()[:12]}"


def _telling(say: Callable[[str], str]) -> Callable[..., str]:
    """Return what says a sentence in a language, for templates: in place of Jinja's own, which takes it for HTML.

    A sentence may have been put together with what somebody typed: it is escaped, and its % is a placeholder only
    where values are given.
    """

    def told(sentence: str, **values: object) -> str:
        text = told_in(sentence, say)
        if not hasattr(text, "__html__"):  # what a template made is escaped already
            text = do_mark_safe(html.escape(str(text), quote=False).replace('"', "&quot;"))
        return text % values if values else text

    return told


def _counting(told: Callable[..., str], language: str) -> Callable[..., str]:
    """Return Jinja's own plural, with the count written as people of a language read it; nought is one in French."""

    @pass_context
    def counted(context: Context, one: str, many: str, num: int, **values: object) -> str:
        form = 1 if language == "fr" and num == 0 else num
        return told(context, one, many, form, **({"num": words.counted(num, language)} | values))

    return counted


def _level(named: dict[str, Term], value: str, language: str) -> str:
    """Return the installation's name of a confidentiality level; before it is loaded, the product's."""
    if value in named:
        return named[value].label(language)
    return words.translations(language).gettext(words.LEVELS.get(value, str(value)))


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a whole page; the actor, if there is one, is the one that the request was let in with."""
    house = the_house(request)
    language = language_of(request)
    actor: Actor | None = getattr(request.state, "actor", None)
    today = house.clock().date()
    menu = menu_of(house, actor, today) if actor else Menu()
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    values = {
        "actor": actor,
        "may": {right.name.lower(): bool(actor and actor.has(right)) for right in Right},
        "csrf": csrf_of(request).token,
        "here": here if request.method == "GET" else "/",
        "path": request.url.path,
        "menu": menu.groups,
        "baskets": menu.baskets,
        "saved_views": menu.views,
        "levels_named": dict(menu.levels),
        "unread": menu.unread,
        "draft_baskets": menu.drafts,
        "near": lambda value: words.near_day(value, today, language),
        "q": "",
        **context,
    }
    text = environment(language).get_template(template).render(**values)
    return HTMLResponse(text, status_code=status, headers={"Content-Language": language, "Vary": "HX-Request, Cookie"})


def part(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a piece of a page, for a swap."""
    values = {"csrf": csrf_of(request).token, **context}
    text = environment(language_of(request)).get_template(template).render(**values)
    return HTMLResponse(text, status_code=status)


def page_number(request: Request, name: str = "page") -> int:
    """Return the page number that an address asks for; 1 when it is not one."""
    given = request.query_params.get(name, "1")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 8 else 1

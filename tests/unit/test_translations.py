"""The pages in English: nothing missing, nothing left over, placeholders kept, every template sound."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from api.views.render import environment
from api.views.words import translations
from ged.errors import GedError
from ged.mail.audit import Depth
from ged.mail.french_dates import MONTHS
from ged.mail.item import Confidentiality
from ged.mail.journal_check import WORDS
from ged.mail.said import Said
from ged.services.audit.meanings import MEANINGS
from rooms.house import ROOT

TEMPLATES = ROOT / "api" / "web" / "templates"
AUDIT = ROOT / "ged" / "services" / "audit"
VAULT = ROOT / "ged" / "store" / "vault"
SOURCES = [path for room in ("ged", "ingest", "search", "retention", "api") for path in (ROOT / room).rglob("*.py")]
KINDS = frozenset({"GedError", *(kind.__name__ for kind in GedError.__subclasses__())})
CATALOGUE = ROOT / "api" / "web" / "locale" / "en" / "messages.po"


def said() -> Iterator[str]:
    """Every sentence that templates and views mark for translation."""
    sources = [(path, "jinja2.ext:babel_extract", {"trimmed": "true"}) for path in TEMPLATES.rglob("*.html")]
    sources += [(path, "python", {}) for path in (ROOT / "api" / "views").glob("*.py")]
    sources.append((ROOT / "ged" / "mail" / "reason.py", "python", {}))
    for path, method, options in sources:
        with path.open("rb") as stream:
            for _, message, _, _ in extract(method, stream, options=options):
                yield message if isinstance(message, str) else message[0]


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as stream:
        return read_po(stream, locale="en")


def test_every_sentence_of_the_pages_is_translated(catalogue: Catalog) -> None:
    missing = [sentence for sentence in set(said()) if not (catalogue.get(sentence) and catalogue[sentence].string)]
    assert missing == []


def test_what_an_audit_found_means_the_same_in_english(catalogue: Catalog) -> None:
    sentences = {sentence for meaning in MEANINGS.values() for sentence in (meaning.means, meaning.do)}
    assert [one for one in sorted(sentences) if not (catalogue.get(one) and catalogue[one].string)] == []


def test_what_an_audit_says_in_the_same_words_each_time_is_told_in_english(catalogue: Catalog) -> None:
    told = set[str]()
    for path in (*AUDIT.glob("*.py"), *VAULT.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        apart = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
        apart |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        told |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and node not in apart
            if isinstance(node.value, str) and re.fullmatch(r"[A-ZÀ-Ý].* .*\.", node.value)
        }
    assert len(told) > 80
    assert [one for one in sorted(told) if not (catalogue.get(one) and catalogue[one].string)] == []


def told_apart(tree: ast.Module) -> set[str]:
    """Return the names that a module has for `ged.mail.said.Said`; the circuit has another of that name."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "ged.mail.said")
    return {each.asname or each.name for node in imports for each in node.names if each.name == "Said"}


def put_together() -> Iterator[str]:
    """Every sentence that is told with its values (`ged.mail.said`)."""
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = told_apart(tree)
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(sentence))]) if name in names:
                    yield sentence
                case ast.Call(func=ast.Name(id="joined"), args=[_, ast.Constant(value=str(sentence))]):
                    yield sentence


def joined(node: ast.AST, names: set[str]) -> bool:
    """Whether a sentence is put together where no catalogue can hold it: an f-string that is no value of a `Said`."""
    match node:
        case ast.JoinedStr():
            return True
        case ast.Call(func=ast.Name(id=name), args=args) if name in names:
            return any(joined(each, names) for each in args)
    return any(joined(each, names) for each in ast.iter_child_nodes(node))


def test_what_is_told_with_its_values_is_told_in_english(catalogue: Catalog) -> None:
    every = {*put_together(), *WORDS.values(), *Depth, *MONTHS, *Confidentiality}
    assert len(every) > 300
    assert [one for one in sorted(every) if not (catalogue.get(one) and catalogue[one].string)] == []


def raised() -> Iterator[tuple[str, ast.expr, set[str]]]:
    """Every error of the house: where, its sentence, and what the module calls `ged.mail.said.Said`."""
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = told_apart(tree)
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id=kind), args=[_, ast.IfExp(body=one, orelse=other), *_]) if kind in KINDS:
                    yield from ((f"{path}:{node.lineno}", sentence, names) for sentence in (one, other))
                case ast.Call(func=ast.Name(id=kind), args=[_, sentence, *_]) if kind in KINDS:
                    yield f"{path}:{node.lineno}", sentence, names


def test_what_an_error_of_the_house_says_in_the_same_words_each_time_is_told_in_english(catalogue: Catalog) -> None:
    every = {str(each.value) for _, each, _ in raised() if isinstance(each, ast.Constant)}
    assert len(every) > 400
    assert [one for one in sorted(every) if not (catalogue.get(one) and catalogue[one].string)] == []


def test_no_error_is_said_by_a_sentence_that_no_catalogue_can_hold() -> None:
    assert [place for place, sentence, names in raised() if joined(sentence, names)] == []


def test_no_entry_is_left_over(catalogue: Catalog) -> None:
    marked = set(said())
    source = "".join(re.sub(r'"\s*\n\s*"', "", path.read_text(encoding="utf-8")) for path in SOURCES)
    keys = [message.id if isinstance(message.id, str) else message.id[0] for message in catalogue if message.id]
    templates = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    assert [key for key in keys if key not in marked and key not in source and key not in templates] == []


def test_placeholders_are_the_same_on_both_sides(catalogue: Catalog) -> None:
    for message in catalogue:
        if not message.id:
            continue
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        names = [set(re.findall(r"%\((\w+)\)s", text)) for text in [*sources, *strings]]
        assert all(each == names[0] for each in names), message.id
        assert not message.fuzzy


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_template_is_sound(language: str) -> None:
    for path in TEMPLATES.rglob("*.html"):
        environment(language).get_template(path.relative_to(TEMPLATES).as_posix())


def test_french_is_what_the_source_says() -> None:
    assert translations("fr").gettext("À qualifier") == "À qualifier"
    assert translations("en").gettext("À qualifier") == "To qualify"
    assert translations("en").ngettext("%(num)s courrier", "%(num)s courriers", 2) == "%(num)s items"


def test_a_sentence_is_translated_once() -> None:
    every = re.findall(r"^msgid (.+)$", CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [one for one in set(every) if every.count(one) > 1] == []


def test_what_somebody_typed_is_no_markup_and_no_placeholder_in_a_sentence() -> None:
    shown = environment("en").from_string(
        '{{ _(one) }}, {{ _(other) }}{{ _(empty) }} {{ _("par %(name)s", name=one) }}'
    )
    told = shown.render(one='l\'<b title="x"> à 5 % de', other="Ce journal est vide.", empty="")
    assert told.startswith("l'&lt;b title=&quot;x&quot;&gt; à 5 % de, This log is empty. ")
    assert told.endswith("l&#39;&lt;b title=&#34;x&#34;&gt; à 5 % de")
    refused = Said("%(name)s occupe déjà ce poste.", name='<b title="x"> à 5 % de %(name)s')
    shown = environment("en").from_string("{{ _(refused) }}, {{ refused|told }}")
    assert shown.render(refused=refused) == (
        "&lt;b title=&quot;x&quot;&gt; à 5 % de %(name)s already holds this post., "
        "&lt;b title=&#34;x&#34;&gt; à 5 % de %(name)s already holds this post."
    )


def test_counts_are_written_as_people_of_a_language_read_them() -> None:
    sentence = '{{ ngettext("%(num)s courrier change", "%(num)s courriers changent", n) }}, {{ n|counted }}'
    assert environment("fr").from_string(sentence).render(n=1204) == "1\u202f204 courriers changent, 1\u202f204"
    assert environment("en").from_string(sentence).render(n=1204) == "1,204 items change, 1,204"
    assert environment("en").from_string(sentence).render(n=1).startswith("1 item changes")
    assert environment("fr").from_string(sentence).render(n=0).startswith("0 courrier change,")
    assert environment("en").from_string(sentence).render(n=0).startswith("0 items change")

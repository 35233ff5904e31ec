"""Settings: a file, the environment over it, and a sentence for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.config import read_settings
from ged.errors import Refused


def test_without_anything_the_engines_are_embedded(tmp_path: Path) -> None:
    found = read_settings({"GED_DATA": str(tmp_path)})
    assert (found.database.kind, found.vault.kind, found.search.kind) == ("embedded", "directory", "embedded")
    assert found.data == tmp_path


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "ged.toml").write_text('[web]\nport = 9000\nhost = "0.0.0.0"\n', encoding="utf-8")
    found = read_settings({"GED_DATA": str(tmp_path), "GED_WEB_PORT": "9001"})
    assert (found.web.port, found.web.host) == (9001, "0.0.0.0")  # noqa: S104 - read back, not listened on


@pytest.mark.parametrize(
    ("text", "environment", "named"),
    [
        ("[web]\nport = 0\n", {}, "web.port"),
        ("[web]\nprot = 1\n", {}, "web.prot"),
        ("[nothing]\n", {}, "nothing"),
        ("[database]\nkind = 'server'\n", {}, "url"),
        ("[vault]\nkind = 's3'\n", {}, "endpoint"),
        ("", {"GED_SEARCH_KIND": "google"}, "search.kind"),
        ("", {"GED_SEARCH_URL": "https://ged:secret@es1:9200"}, "search.url"),
        ("", {"GED_SEARCH_URL": "https://es1:9200,es2:9200"}, "search.url"),
        ("", {"GED_SEARCH_API_KEY": "cle"}, "https"),
        (
            "",
            {"GED_SEARCH_API_KEY": "cle", "GED_SEARCH_API_KEY_FILE": "/cle", "GED_SEARCH_URL": "https://e"},
            "pas les",
        ),
        ("[search]\nshards = 0\n", {}, "search.shards"),
        ("", {"GED_MEANING_URL": "http://127.0.0.1:8099/v1"}, "Elasticsearch"),
        ("", {"GED_SEARCH_KIND": "elasticsearch", "GED_MEANING_URL": "http://ailleurs:8099/v1"}, "meaning.url"),
        ("", {"GED_SEARCH_KIND": "elasticsearch", "GED_MEANING_URL": "http://127.0.0.1.ailleurs/v1"}, "meaning.url"),
        ("", {"GED_CAPTURE_MAX_MEGABYTES": "beaucoup"}, "capture.max_megabytes"),
        ("not toml", {}, "ged.toml"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, text: str, environment: dict[str, str], named: str) -> None:
    (tmp_path / "ged.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as error:
        read_settings({"GED_DATA": str(tmp_path), **environment})
    assert error.value.code == "config.faulty"
    assert named in error.value.sentence


def test_a_file_that_was_named_and_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused) as error:
        read_settings({"GED_DATA": str(tmp_path), "GED_CONFIG": str(tmp_path / "away.toml")})
    assert "away.toml" in error.value.sentence


def test_a_secret_is_not_printed(tmp_path: Path) -> None:
    environment = {
        "GED_DATA": str(tmp_path),
        "GED_VAULT_KIND": "s3",
        "GED_VAULT_ENDPOINT": "http://127.0.0.1:1",
        "GED_VAULT_ACCESS_KEY": "une-cle",
        "GED_VAULT_SECRET_KEY": "un-secret",
        "GED_SEARCH_URL": "https://es1:9200, https://es2:9200",
        "GED_SEARCH_API_KEY": "une-cle-encodee",
        "GED_SEARCH_KIND": "elasticsearch",
        "GED_MEANING_URL": "http://[::1]:8099/v1",
        "GED_MEANING_KEY": "une-cle-du-sens",
    }
    settings = read_settings(environment)
    assert settings.search.urls == ("https://es1:9200", "https://es2:9200")
    said = repr(settings)
    assert "un-secret" not in said
    assert "une-cle" not in said

"""Who may read and do what: one pure rule, used by SQL, the index and the vault alike.

A letter carries *reader tokens*, an actor holds *tokens*, and the letter may be read when they
meet. Tokens of letters are stored and indexed; tokens of actors are computed at each request,
so that a change of post is effective at once.

Three sorts of token, each ending in a confidentiality level:
`reg:<register>:<level>` who keeps the register, `svc:<entity>:<level>` who is in charge, has a copy or is
asked an opinion, or is above them in the tree, `aud:<tenant>:<level>` the auditors of the tenant; and a fourth,
`pli:<position>:<level>`, for who holds the position that a sealed envelope is for (a personal one is not for who
acts in it by interim or delegation). A secretary attached to an authority also holds the `svc:` tokens of that
authority's unit, and of none under it, up to her own clearance and never for what is personal.
Trees stop at the tenant: an agency under supervision is sealed from its ministry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from ged.errors import Forbidden, NotFound
from ged.mail.item import Confidentiality, Letter


class Role(StrEnum):
    """What a position is for; the French codes are those of the configuration folder."""

    REGISTRAR = "bureau_ordre"
    SUPERVISOR = "superviseur"
    SECRETARY = "secretaire"
    HEAD = "responsable"
    OFFICER = "agent"
    ARCHIVIST = "archiviste"
    AUDITOR = "auditeur"
    ADMINISTRATOR = "administrateur"


class Right(StrEnum):
    """An act that a role opens; reading a letter is decided by tokens, not by these."""

    CAPTURE = "capturer"
    CAPTURE_INTERNAL = "enregistrer_interne"
    QUALIFY = "qualifier"
    CORRECT = "corriger"
    SEE_REGISTER = "voir_registre"
    PRINT_REGISTER = "imprimer_registre"
    RESERVE_NUMBERS = "reserver_numeros"
    CLOSE_REGISTER = "clore_registre"
    ACKNOWLEDGE = "accuser_reception"
    VERIFY = "verifier"
    AUDIT = "auditer"
    DRAW = "tirer_echantillon"
    EXPORT = "exporter"
    HOLD = "geler"
    PREPARE_DISPOSAL = "preparer_elimination"
    APPROVE_DISPOSAL = "approuver_elimination"
    SEE_STATUS = "voir_etat"
    SEE_RETENTION = "voir_conservation"
    SEE_CORRESPONDENTS = "voir_correspondants"
    KEEP_CORRESPONDENTS = "tenir_correspondants"
    SEE_DOSSIERS = "voir_dossiers"
    KEEP_DOSSIERS = "tenir_dossiers"
    SEE_QUALITY = "voir_qualite"
    KEEP_MODELS = "tenir_modeles"
    SEE_JOURNAL = "voir_journal"
    SEE_LETTER_ACTS = "voir_actes_des_courriers"
    KEEP_KEYS = "tenir_cles"
    KEEP_TRANSFERS = "tenir_versements"
    APPROVE_TRANSFERS = "viser_versements"
    KEEP_PAPER = "tenir_archives_papier"
    KEEP_SCHEDULE = "tenir_plan_et_tableau"
    APPROVE_SCHEDULE = "approuver_plan_et_tableau"


_ALWAYS = frozenset({Right.VERIFY, Right.SEE_STATUS})
_READS_MAIL = _ALWAYS | {Right.SEE_CORRESPONDENTS, Right.SEE_DOSSIERS}
_SERVICE = _READS_MAIL | {Right.KEEP_DOSSIERS, Right.CAPTURE_INTERNAL}
_REGISTRY = _READS_MAIL | {
    Right.KEEP_CORRESPONDENTS,
    Right.KEEP_DOSSIERS,
    Right.CAPTURE,
    Right.CAPTURE_INTERNAL,
    Right.QUALIFY,
    Right.ACKNOWLEDGE,
    Right.SEE_REGISTER,
    Right.PRINT_REGISTER,
    Right.RESERVE_NUMBERS,
    Right.EXPORT,
}
_INSPECTION = _READS_MAIL | {Right.SEE_REGISTER, Right.PRINT_REGISTER, Right.EXPORT, Right.SEE_RETENTION}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.REGISTRAR: _REGISTRY,
    Role.SUPERVISOR: _REGISTRY | {Right.CORRECT, Right.SEE_QUALITY, Right.CLOSE_REGISTER, Right.APPROVE_SCHEDULE},
    Role.SECRETARY: _SERVICE | {Right.KEEP_CORRESPONDENTS},
    Role.HEAD: _SERVICE | {Right.EXPORT, Right.APPROVE_TRANSFERS, Right.APPROVE_DISPOSAL},
    Role.OFFICER: _SERVICE | {Right.EXPORT},
    Role.ARCHIVIST: _INSPECTION
    | {
        Right.HOLD,
        Right.KEEP_TRANSFERS,
        Right.KEEP_PAPER,
        Right.APPROVE_TRANSFERS,
        Right.PREPARE_DISPOSAL,
        Right.APPROVE_DISPOSAL,
        Right.KEEP_SCHEDULE,
        Right.APPROVE_SCHEDULE,
    },
    Role.AUDITOR: _INSPECTION | {Right.SEE_JOURNAL, Right.SEE_LETTER_ACTS, Right.AUDIT, Right.DRAW},
    Role.ADMINISTRATOR: _ALWAYS
    | {Right.SEE_QUALITY, Right.KEEP_MODELS, Right.SEE_JOURNAL, Right.KEEP_KEYS, Right.AUDIT},
}

KEEPS_REGISTER = frozenset({Role.REGISTRAR, Role.SUPERVISOR})
SEES_TENANT = frozenset({Role.AUDITOR, Role.ARCHIVIST})
_SEES_NO_LETTER = frozenset({Role.ADMINISTRATOR})


class Capacity(StrEnum):
    """By what title somebody acts in a position."""

    HOLDER = "titulaire"
    INTERIM = "interim"
    DELEGATE = "delegation"
    BY_ORDER = "par_ordre"


ACTING = (Capacity.INTERIM, Capacity.DELEGATE, Capacity.BY_ORDER)
"""By what title somebody acts in a post of somebody else's; an interim covers all that the post signs."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Whom a secretary is attached to: a position, and the unit that it is in."""

    position_id: str
    entity_id: str


@dataclass(frozen=True, slots=True)
class Post:
    """A position as a person may act in it today.

    Attributes:
        register_id: The entity whose registers this position works in: its own, or the nearest above.
        reach: The entity and everything under it, within the tenant; also what is closed, so that a letter left there
            is not nobody's. `closed` names those.
        capacity: Whether the person holds it, or acts for who does.
        instrument: Number of the act that lets the person act for the holder; "" for the holder.
        holder: Name of whoever the person acts for; "" for the holder, or when nobody holds it.
        until: The last day of acting for the holder; None when no end is set.
        kinds: Document kinds that may be signed by delegation or by order; () for all.
        authority: Whom a secretary is attached to; None for one who serves the heads of her own unit.
    """

    position_id: str
    title: str
    role: Role
    clearance: Confidentiality
    tenant_id: str
    entity_id: str
    register_id: str
    reach: tuple[str, ...]
    capacity: Capacity = Capacity.HOLDER
    instrument: str = ""
    holder: str = ""
    until: date | None = None
    kinds: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    authority: Authority | None = None

    def serves(self, position_id: str, entity_id: str) -> bool:
        """Whether this is the secretariat of a position, which is in that unit."""
        if self.role is not Role.SECRETARY:
            return False
        return self.entity_id == entity_id if self.authority is None else self.authority.position_id == position_id

    def signs(self, kind: str | None) -> bool:
        """Whether a document of that kind may be signed in this post."""
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person with the posts held today, then those acted in for others, or the system itself with none."""

    person_id: str | None
    login: str
    name: str
    language: str
    posts: tuple[Post, ...]

    @property
    def tenant_id(self) -> str:
        """The organisation of the first post held; "" for the system, and for who holds none."""
        return self.posts[0].tenant_id if self.posts else ""

    @property
    def post(self) -> Post:
        """The first post held.

        Raises:
            Forbidden: `access.no_post`, the person holds no post today.
        """
        if not self.posts:
            raise Forbidden(
                "access.no_post",
                "Vous n'occupez aucun poste aujourd'hui. Demandez à l'administrateur de vous en affecter un.",
                login=self.login,
            )
        return self.posts[0]

    def has(self, right: Right) -> bool:
        """Whether one of the posts opens a right."""
        return any(right in RIGHTS[post.role] for post in self.posts)

    def tokens(self) -> frozenset[str]:
        """What this actor can read, to be met with `reader_tokens`."""
        return _tokens(self.posts)


@lru_cache(maxsize=256)
def _tokens(posts: tuple[Post, ...]) -> frozenset[str]:
    """Return what may be read from some posts: the same for each question of a page, and of those that follow."""
    held: set[str] = set()
    for post in posts:
        if post.role in _SEES_NO_LETTER:
            continue
        for level in post.clearance.up_to():
            held.update(f"svc:{entity}:{level}" for entity in post.reach)
            if post.authority is not None and level is not Confidentiality.PERSONAL:
                held.add(f"svc:{post.authority.entity_id}:{level}")
            if post.role in KEEPS_REGISTER:
                held.add(f"reg:{post.register_id}:{level}")
            if post.role in SEES_TENANT:
                held.add(f"aud:{post.tenant_id}:{level}")
        held.add(f"pli:{post.position_id}:{Confidentiality.CONFIDENTIAL}")
        if post.capacity is Capacity.HOLDER:
            held.add(f"pli:{post.position_id}:{Confidentiality.PERSONAL}")
    return frozenset(held)


SYSTEM = Actor(person_id=None, login="systeme", name="Le système", language="fr", posts=())
"""The machine's own acts in the journal: stages, sealing, sweeps. It holds no post and reads through no door."""


def reader_tokens(
    *,
    tenant_id: str,
    register_id: str,
    service_id: str | None,
    level: Confidentiality,
    concerned: Iterable[str] = (),
) -> frozenset[str]:
    """Return the tokens of which an actor needs one to read a letter."""
    tokens = {f"reg:{register_id}:{level}", f"aud:{tenant_id}:{level}"}
    if service_id is not None:
        tokens.add(f"svc:{service_id}:{level}")
    tokens.update(f"svc:{entity}:{level}" for entity in concerned)
    return frozenset(tokens)


def readers_of(letter: Letter) -> frozenset[str]:
    """Return the reader tokens of a letter as it stands."""
    tokens = reader_tokens(
        tenant_id=letter.tenant_id,
        register_id=letter.register_id,
        service_id=letter.service_id,
        level=letter.confidentiality,
        concerned=letter.concerned,
    )
    if letter.position_id is not None and letter.service_id is None:  # a sealed envelope, for that position alone
        tokens |= {f"pli:{letter.position_id}:{letter.confidentiality}"}
    return tokens


def may_read(actor: Actor, letter: Letter) -> bool:
    """Whether the actor may see the letter, its pages, its original and its hits."""
    return bool(readable(actor, [letter]))


def readable(actor: Actor, letters: Iterable[Letter]) -> list[Letter]:
    """Return the letters that the actor may see, of several."""
    tokens = actor.tokens()
    return [letter for letter in letters if not readers_of(letter).isdisjoint(tokens)]


def require(actor: Actor, right: Right) -> None:
    """Let pass an actor with a right.

    Raises:
        Forbidden: `access.right`.
    """
    if not actor.has(right):
        raise Forbidden(
            "access.right",
            "Votre poste ne permet pas cet acte. Adressez-vous à votre responsable ou à l'administrateur.",
            login=actor.login,
            right=str(right),
        )


def unknown_letter() -> NotFound:
    """Return the one answer for a letter that is not there and for one that the asker may not see."""
    return NotFound("letter.unknown", "Ce courrier n'existe pas, ou il n'est pas ouvert à votre poste.")

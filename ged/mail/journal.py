"""The journal: who did what, when, to which letter; written in the transaction of the act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What the journal records, as `subject.verb`."""

    CAPTURED = "courrier.capture"
    ARRIVED_AGAIN = "courrier.nouvelle_arrivee"
    REFUSED = "capture.refusee"
    QUARANTINE_DELETED = "quarantaine.supprimee"
    SEALED = "courrier.scelle"
    SEAL_DELAYED = "courrier.sceau_en_attente"
    STAGE_DONE = "lecture.etape"
    STAGE_FAILED = "lecture.echec"
    PROPOSED = "courrier.propose"
    QUALIFIED = "courrier.qualifie"
    CORRECTED = "courrier.corrige"
    TEXT_CORRECTED = "texte.corrige"
    READ = "courrier.lu"
    ORIGINAL_READ = "original.lu"
    EXPORTED = "courrier.exporte"
    HISTORY_EXPORTED = "historique.exporte"
    VERIFIED = "courrier.verifie"
    AUDIT_ASKED = "audit.demande"
    AUDIT_DONE = "audit.fini"
    SAMPLE_DRAWN = "echantillon.tire"
    REGISTER_PRINTED = "registre.imprime"
    REGISTER_OPENED = "registre.ouvert"
    REGISTER_CLOSED = "registre.clos"
    ENVELOPE_HANDED = "pli.remis"
    ENVELOPE_KEPT = "pli.garde_ferme"
    ENVELOPE_RELEASED = "pli.ouvert"
    NUMBERED_AGAIN = "courrier.numero_de_service"
    NUMBERS_RESERVED = "registre.numeros_reserves"
    NUMBERS_CANCELLED = "registre.numeros_annules"
    MOVED = "courrier.acte"
    OPENED = "courrier.ouvert"
    OPINION_GIVEN = "avis.donne"
    OPINION_WITHDRAWN = "avis.retire"
    DRAFT_BEGUN = "projet.commence"
    DRAFT_WRITTEN = "projet.version"
    DRAFT_ACTED = "projet.acte"
    DRAFT_READ = "projet.lu"
    OPENED_TO_CIRCUIT = "courrier.ouvert_au_circuit"
    TOLD_APART = "courrier.different"
    LINKED = "courrier.lie"
    UNLINKED = "courrier.delie"
    ACKNOWLEDGED = "accuse.delivre"
    NOTED = "courrier.note"
    SET_ASIDE = "courrier.mis_de_cote"
    TAKEN_BACK = "courrier.repris"
    DUE_RECOMPUTED = "courrier.echeance_recalculee"
    PAPER_GIVEN = "papier.remis"
    PAPER_RECEIVED = "papier.recu"
    PAPER_WITHDRAWN = "papier.remise_annulee"
    PAPER_DECLARED = "papier.declare"
    TRANSMITTED = "bordereau.emis"
    TRANSMITTAL_CANCELLED = "bordereau.annule"
    DISCHARGED = "bordereau.decharge"
    SLIP_PRINTED = "fiche.imprimee"
    SLIP_READ = "fiche.lue"
    SLIP_CONFIRMED = "fiche.confirmee"
    SLIP_SET_ASIDE = "fiche.ecartee"
    SHEET_DOUBTFUL = "retour.douteux"
    SHEET_DECIDED = "retour.decide"
    BATCH_OPENED = "lot.ouvert"
    BATCH_FILE = "lot.fichier"
    BATCH_AMENDED = "lot.corrige"
    BATCH_CONFIRMED = "lot.confirme"
    BATCH_DONE = "lot.enregistre"
    BATCH_DROPPED = "lot.ecarte"
    CAME_IN_BATCH = "courrier.issu_d_un_lot"
    KEPT_ADDED = "gardee.ajoutee"
    KEPT_SEALED = "gardee.scellee"
    DELEGATED = "delegation.accordee"
    DELEGATION_ENDED = "delegation.retiree"
    ABSENCE_DECLARED = "absence.declaree"
    ABSENCE_ENDED = "absence.finie"
    SUCCESSION_MADE = "passation.dressee"
    SUCCESSION_READ = "passation.lue"
    SUCCESSION_ACCEPTED = "passation.acceptee"
    HELD = "courrier.gele"
    RELEASED = "courrier.degele"
    HOLD_AMENDED = "gel.modifie"
    CORRESPONDENT_ENTERED = "correspondant.cree"
    CORRESPONDENT_CHANGED = "correspondant.modifie"
    CORRESPONDENTS_MERGED = "correspondant.fusionne"
    CORRESPONDENTS_PARTED = "correspondant.separe"
    CORRESPONDENTS_DISTINCT = "correspondant.distinct"
    DOSSIER_OPENED = "dossier.ouvert"
    DOSSIER_CHANGED = "dossier.modifie"
    DOSSIER_CLOSED = "dossier.clos"
    DOSSIER_REOPENED = "dossier.rouvert"
    FILED = "dossier.courrier_mis"
    UNFILED = "dossier.courrier_retire"
    CORRESPONDENT_LINKED = "courrier.correspondant"
    SIGNED = "courrier.signe"
    PRINTED_FOR_INK = "courrier.imprime_pour_signature"
    SIGNED_COPY = "courrier.copie_signee"
    SENDINGS_PLANNED = "envoi.prepare"
    SENT = "envoi.parti"
    SENDING_ANSWERED = "envoi.suite"
    CALLED_BACK = "envoi.rappele"
    RECEIVED_BY_PLATFORM = "courrier.recu_par_la_plateforme"
    ANNEX_ADDED = "annexe.ajoutee"
    ANNEX_SEALED = "annexe.scellee"
    SIGNED_IN = "session.ouverte"
    SIGN_IN_FAILED = "session.refusee"
    CONFIRMED = "session.confirmee"
    PHONE_LINKED = "telephone.lie"
    SIGNED_OUT = "session.fermee"
    TOKEN_CREATED = "jeton.cree"  # noqa: S105 - an act, not a token
    HOLIDAYS_CHANGED = "organisation.feries"
    ENTITY_CHANGED = "organisation.entite_modifiee"
    POSITION_CHANGED = "organisation.poste_modifie"
    ENTITY_CLOSED = "organisation.entite_retiree"
    KEY_ROTATED = "cles.changee"
    KEY_ASKED = "cles.demandee"
    KEY_IMPORTED = "cles.importee"
    KEY_REVOKED = "cles.revoquee"
    KEY_LISTS = "cles.listes"
    LOG_KEY_ROTATED = "cles.journal_changee"
    MODEL_SERVES = "modele.en_service"
    MODEL_RETIRED = "modele.retire"
    MODEL_LOADED = "organisation.chargee"
    KEK_RENEWED = "coffre.cle_renouvelee"
    KEYS_REWRAPPED = "coffre.cles_reprises"
    KEK_DESTROYED = "coffre.cle_detruite"
    VAULT_ENCRYPTED = "coffre.chiffre"
    INDEX_REBUILT = "index.reconstruit"
    INDEX_CHECKED = "index.compare"
    INDEX_RETRIED = "index.repris"
    REMINDED = "courrier.rappel"
    ESCALATED = "courrier.escalade"
    MAIL_RETURNED = "message.retour"
    MAIL_ASIDE = "message.ecarte"
    MAIL_SETTLED = "message.decide"
    MESSAGE_SENT = "message.envoye"
    MESSAGE_FAILED = "message.echec"
    MESSAGE_AGAIN = "message.repris"
    PASSWORD_SET = "personne.mot_de_passe"  # noqa: S105 - an act, not a password
    LIST_EXPORTED = "liste.exportee"
    LIST_PRINTED = "liste.imprimee"
    HEAD_PRINTED = "integrite.tete_imprimee"
    PRINT_READ = "impression.lue"
    PAPER_READ = "papier.lu"
    JOURNAL_READ = "journal.consulte"
    JOURNAL_EXPORTED = "journal.exporte"
    JOURNAL_PROVEN = "journal.preuve"
    FALLS_DUE = "conservation.echeance"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal, as read back."""

    id: int
    at: datetime
    act: Act
    actor_login: str
    actor_name: str
    letter_id: str | None
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One line of the journal, whole, as it is inscribed: the act is its code, whatever version wrote it."""

    id: int
    at: datetime
    act: str
    login: str
    name: str
    letter_id: str | None
    about: str | None
    details: dict[str, object]

"""Words of the pages for the codes of the house, in the reader's language, and dates as one reads them."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from ged.mail.access import Capacity
from ged.mail.audit import Depth
from ged.mail.audit import Outcome as AuditOutcome
from ged.mail.batch import BatchState, Sides
from ged.mail.batch_board import Aside
from ged.mail.circuit import Said, StageKind
from ged.mail.comparison import Part
from ged.mail.correspondent import Sort
from ged.mail.custody import Way
from ged.mail.dispatch import SendingState
from ged.mail.disposal import DisposalState, LineState
from ged.mail.draft_acts import DraftAct
from ged.mail.electronic import NoReceipt, ReturnKind
from ged.mail.envelope import Nature
from ged.mail.filing import Disposition, Start
from ged.mail.item import Confidentiality, Direction, Priority, Reading, Sealing, State
from ged.mail.journal import Act
from ged.mail.journal_query import Concern
from ged.mail.kept import KeptKind
from ged.mail.learning import ModelState
from ged.mail.legal_hold import Scope
from ged.mail.links import LinkKind
from ged.mail.message import MessageState, Purpose
from ged.mail.moves import Move
from ged.mail.notice import Channel, Group
from ged.mail.opinion import OpinionVerdict
from ged.mail.page import RegionKind
from ged.mail.qualification import Field
from ged.mail.reason import FRENCH, Tongue
from ged.mail.register_check import Use
from ged.mail.schedule import Change, VersionState
from ged.seal.verify import Question

LANGUAGES = ("fr", "en")
_LOCALE = Path(__file__).parents[1] / "web" / "locale"


def _(sentence: str) -> str:
    """Mark a sentence for translation; it is translated when it is shown."""
    return sentence


CODES: dict[str, str] = {
    VersionState.DRAFT: _("Brouillon"),
    VersionState.SUBMITTED: _("Soumise à l'approbation"),
    VersionState.APPROVED: _("Approuvée"),
    Change.ADDED: _("ajoutée"),
    Change.CHANGED: _("modifiée"),
    Change.REMOVED: _("retirée"),
    Start.LETTER_DATE: _("à partir de la date du courrier"),
    Start.RECEPTION: _("à partir de la réception"),
    Start.CLOSING: _("à partir de la clôture"),
    Start.DOSSIER_CLOSING: _("à partir de la clôture du dossier"),
    Question.INTACT: _("Fichier intact"),
    Question.VALID: _("Signature et journal valides"),
    Question.TRUSTED: _("Certificat fiable"),
    KeptKind.SLIP: _("Fiche d'imputation signée"),
    BatchState.PREPARING: _("À préparer"),
    BatchState.REGISTERING: _("Enregistrement en cours"),
    BatchState.DONE: _("Enregistré"),
    BatchState.DROPPED: _("Écarté"),
    Sides.FRONT: _("Recto seul"),
    Sides.BOTH: _("Recto verso"),
    Sides.INTERLEAVED: _("Rectos puis versos"),
    Aside.SEPARATOR: _("Feuille de séparation"),
    Aside.LOT_SHEET: _("Fiche de lot"),
    Aside.VERSO: _("Verso d'une feuille de séparation"),
    Aside.BLANK: _("Page blanche"),
    State.RECEIVED: _("Reçu"),
    State.TO_QUALIFY: _("À qualifier"),
    State.SUBMITTED: _("Signalé"),
    State.ASSIGNED: _("Affecté"),
    State.IN_PROGRESS: _("En traitement"),
    State.OPINION_ASKED: _("Avis demandé"),
    State.TO_APPROVE: _("À viser"),
    State.TO_SIGN: _("À signer"),
    State.TO_DISPATCH: _("À expédier"),
    State.DISPATCHED: _("Expédié"),
    State.WAITING: _("En attente du demandeur"),
    State.FOLLOWED_UP: _("Clos, avec suivi"),
    State.DONE: _("Traité"),
    State.NO_FURTHER_ACTION: _("Sans suite"),
    ModelState.SERVING: _("En service"),
    ModelState.KEPT: _("Gardé"),
    ModelState.REJECTED: _("Écarté, pas meilleur"),
    State.RETURNED: _("Retourné"),
    State.APPROVAL_REFUSED: _("Visa refusé"),
    State.CANCELLED: _("Annulé"),
    State.TRANSFERRED: _("Versé"),
    State.DESTROYED: _("Éliminé"),
    Use.RESERVED: _("Réservé"),
    OpinionVerdict.FAVOURABLE: _("Avis favorable"),
    OpinionVerdict.RESERVED: _("Avis réservé"),
    OpinionVerdict.UNFAVOURABLE: _("Avis défavorable"),
    Capacity.HOLDER: _("titulaire"),
    Capacity.INTERIM: _("intérim"),
    Capacity.DELEGATE: _("délégation"),
    Capacity.BY_ORDER: _("par ordre"),
    Direction.INCOMING: _("Arrivée"),
    Direction.OUTGOING: _("Départ"),
    Direction.INTERNAL: _("Interne"),
    Priority.NORMAL: _("Normale"),
    Priority.URGENT: _("Urgent"),
    Priority.VERY_URGENT: _("Très urgent"),
    Reading.PENDING: _("Lecture en cours"),
    Reading.READY: _("Lu"),
    Reading.FAILED: _("Illisible"),
    Sealing.PENDING: _("Sceau en attente"),
    Sealing.SEALED: _("Scellé"),
    MessageState.WAITING: _("À envoyer"),
    MessageState.SENT: _("Envoyé"),
    MessageState.FAILED: _("Non remis"),
    SendingState.DELIVERED: _("Remis"),
    SendingState.ACKNOWLEDGED: _("AR reçu"),
    SendingState.RETURNED: _("Retourné à l'expéditeur"),
    Purpose.NOTICE: _("Avis"),
    Purpose.ACKNOWLEDGEMENT: _("Accusé de réception"),
    Purpose.DISPATCH: _("Expédition"),
    Sort.PERSON: _("Personne"),
    Sort.ORGANISATION: _("Organisme"),
    NoReceipt.NO_RETURN_PATH: _("le message n'attend pas de réponse"),
    NoReceipt.MACHINE: _("une machine l'a écrit"),
    NoReceipt.LIST: _("il vient d'une liste de diffusion"),
    NoReceipt.OURS: _("il vient d'une de nos adresses"),
    NoReceipt.TOO_MANY: _("cette adresse a déjà reçu cinq accusés dans l'heure"),
    NoReceipt.NO_ADDRESS: _("l'adresse de retour n'est pas lisible"),
    ReturnKind.BOUNCE: _("Avis de non-remise"),
    ReturnKind.DELAY: _("Avis de retard de remise"),
    ReturnKind.AUTOMATIC: _("Réponse automatique"),
    ReturnKind.RECEIPT: _("Accusé de réception"),
    Group.TO_DO: _("Ce qui m'arrive"),
    Group.DEADLINES: _("Échéances et rappels"),
    Group.FOLLOWED: _("Ce que je suis"),
    Group.SENDING: _("Mes envois"),
    Channel.NOTHING: _("Rien"),
    Channel.AT_ONCE: _("Aussitôt"),
    Channel.DIGEST: _("Un résumé par jour"),
    Said.APPROVED: _("Visé"),
    Said.SIGNED: _("Signé"),
    Said.SKIPPED: _("Passé outre"),
    Said.REFUSED: _("Renvoyé"),
    StageKind.VISA: _("Visa"),
    StageKind.ADVICE: _("Avis"),
    StageKind.SIGNATURE: _("Signature"),
    Disposition.KEEP: _("conservation"),
    Disposition.SAMPLE: _("tri"),
    Disposition.TRANSFER: _("versement"),
    Disposition.DESTROY: _("élimination"),
}
BY_TITLE = {
    Capacity.INTERIM: _("p.i."),
    Capacity.DELEGATE: _("par délégation"),
    Capacity.BY_ORDER: _("p.o."),
}
"""By what title somebody acted for another, as it stands after the post in a history."""
NATURES: dict[str, str] = {
    Nature.CONFIDENTIAL: _("Confidentiel"),
    Nature.PERSONAL: _("Personnel"),
    Nature.TENDER: _("Offre (marché public)"),
}
"""Why an envelope stays closed."""
REGISTERS: dict[str, tuple[str, str]] = {
    Direction.INCOMING: (_("Registre arrivée"), "arrow-down-left"),
    Direction.OUTGOING: (_("Registre départ"), "arrow-up-right"),
    Direction.INTERNAL: (_("Registre interne"), "arrow-left-right"),
}
"""The name of each register and its icon."""
LEVELS: dict[str, str] = {
    Confidentiality.PUBLIC: _("Public"),
    Confidentiality.INTERNAL: _("Interne"),
    Confidentiality.RESTRICTED: _("Diffusion restreinte"),
    Confidentiality.CONFIDENTIAL: _("Confidentiel"),
    Confidentiality.SECRET: _("Secret"),
    Confidentiality.PERSONAL: _("Personnel"),
}
BASKETS: dict[str, tuple[str, str]] = {
    "a-qualifier": (_("À qualifier"), "inbox"),
    "retournes": (_("Retournés"), "undo-2"),
    "a-expedier": (_("À expédier"), "send"),
    "a-presenter": (_("À présenter"), "book-open"),
    "a-affecter": (_("À affecter"), "arrow-left-right"),
    "a-traiter": (_("À traiter"), "file-text"),
    "mis-de-cote": (_("Mis de côté"), "clock"),
    "a-viser": (_("À viser"), "check"),
    "a-signer": (_("À signer"), "stamp"),
    "mes-projets": (_("Mes projets"), "send"),
    "avis": (_("Avis à donner"), "mail"),
    "en-retard": (_("En retard"), "triangle-alert"),
    "mon-service": (_("Mon service"), "building-2"),
    "fiches-revenues": (_("Fiches revenues"), "scan-line"),
    "papier-a-remettre": (_("Papier à remettre"), "send"),
    "papier-a-rendre": (_("Papier à rendre"), "file-stack"),
    "plis-fermes": (_("Plis fermés"), "lock"),
    "suivis": (_("Suivis"), "circle-check"),
}
"""The name of each basket and its icon."""
FIELDS: dict[str, str] = {
    Field.SENDER: _("Expéditeur"),
    Field.RECIPIENT: _("Destinataire"),
    Field.SUBJECT: _("Objet"),
    Field.SENDER_REFERENCE: _("Référence de l'expéditeur"),
    Field.LETTER_DATE: _("Datée du"),
    Field.KIND: _("Nature"),
    Field.SERVICE: _("Affecter à"),
    Field.FILE_CODE: _("Cote"),
    Field.OUR_REFERENCE: _("Notre référence rappelée"),
    Field.SIGNER: _("Signataire"),
    Field.DEADLINE: _("Délai demandé"),
    Field.STAMP_DATE: _("Tampon d'arrivée"),
    Field.AMOUNT: _("Montant"),
    Field.PIECES: _("Pièces annoncées"),
    Field.PHONE: _("Téléphone"),
    Field.EMAIL: _("Courriel"),
    Field.ADDRESS: _("Adresse postale"),
    "due_date": _("Échéance"),
    "confidentiality": _("Confidentialité"),
    "priority": _("Priorité"),
    "reason": _("Motif"),
    "code": _("Code"),
    "title": _("Titre"),
    "sort": _("Personne ou organisme"),
    "name": _("Nom"),
    "civility": _("Civilité"),
    "organisation": _("Organisme"),
    "function": _("Fonction"),
    "addresses": _("Adresses"),
    "emails": _("Adresses électroniques"),
    "phones": _("Téléphones"),
    "parts": _("Parties du dossier"),
}
DRAFT_ACTS: dict[str, tuple[str, str, str]] = {
    DraftAct.WRITE: (_("Modifier"), _("a écrit une version"), "file-text"),
    DraftAct.START: (_("Envoyer dans le circuit"), _("a envoyé dans le circuit"), "send"),
    DraftAct.APPROVE: (_("Viser"), _("a visé"), "check"),
    DraftAct.ADVISE: (_("Donner mon avis"), _("a donné son avis"), "mail"),
    DraftAct.SIGN: (_("Signer"), _("a signé"), "stamp"),
    DraftAct.REFUSE: (_("Renvoyer"), _("a renvoyé"), "undo-2"),
    DraftAct.SKIP: (_("Passer outre un absent"), _("a passé outre un absent"), "arrow-left-right"),
    DraftAct.INSERT: (_("Ajouter une étape avant la mienne"), _("a ajouté une étape"), "user-plus"),
    DraftAct.WITHDRAW: (_("Reprendre le projet"), _("a repris le projet"), "undo-2"),
    DraftAct.ABANDON: (_("Abandonner le projet"), _("a abandonné le projet"), "circle-x"),
    DraftAct.NOTE: (_("Annoter"), _("a annoté"), "file-text"),
}
"""Each act on a draft: the verb of its button, what the history says of it, its icon."""
PAGE_REGIONS: dict[str, str] = {
    RegionKind.STAMP: _("Tampon"),
    RegionKind.SIGNATURE: _("Signature"),
    RegionKind.HANDWRITING: _("Annotation manuscrite"),
}
"""What was set on the print of a page."""
LINKS: dict[str, tuple[str, str]] = {
    LinkKind.ANSWERS: (_("Répond à"), _("A pour réponse")),
    LinkKind.FOLLOWS: (_("Suite de"), _("A pour suite")),
    LinkKind.REPLACES: (_("Annule et remplace"), _("Remplacé par")),
    LinkKind.CITES: (_("Cite"), _("Cité par")),
    LinkKind.COPIES: (_("Second exemplaire de"), _("A pour second exemplaire")),
}
"""Each kind of link, read from either end."""
PARTS: dict[str, str] = {
    Part.SUBJECT: _("Objet"),
    Part.RECIPIENTS: _("Destinataires"),
    Part.REFERENCE: _("Votre référence"),
    Part.KIND: _("Nature"),
    Part.TEMPLATE: _("Modèle"),
    Part.TEXT: _("Texte"),
    Part.FILE: _("Document joint comme texte"),
    Part.ATTACHMENTS: _("Pièces jointes"),
    Part.COPIES: _("Ampliations"),
}
"""What of a draft is compared."""
MOVES: dict[str, tuple[str, str, str]] = {
    Move.SUBMIT: (_("Signaler à une autorité"), _("a signalé"), "stamp"),
    Move.ASSIGN: (_("Affecter"), _("a affecté"), "arrow-left-right"),
    Move.TAKE: (_("Prendre en charge"), _("a pris en charge"), "circle-check"),
    Move.ASK: (_("Demander un avis"), _("a demandé un avis"), "mail"),
    Move.SUSPEND: (_("Mettre en attente du demandeur"), _("a mis en attente"), "clock"),
    Move.RESUME: (_("Reprendre le traitement"), _("a repris le traitement"), "refresh-cw"),
    Move.FINISH: (_("Clore : traité"), _("a clos, traité"), "check"),
    Move.FOLLOW_UP: (_("Clore, à suivre"), _("a clos, à suivre"), "check"),
    Move.DROP: (_("Classer sans suite"), _("a classé sans suite"), "archive"),
    Move.RETURN: (_("Retourner au bureau d'ordre"), _("a retourné au bureau d'ordre"), "undo-2"),
    Move.REOPEN: (_("Rouvrir"), _("a rouvert"), "refresh-cw"),
    Move.CANCEL: (_("Annuler le numéro"), _("a annulé le numéro"), "circle-x"),
    Move.RECALL: (_("Revenir sur mon dernier acte"), _("est revenu sur son acte"), "undo-2"),
    Move.ADVISE: (_("Donner un avis"), _("a donné son avis"), "mail"),
    Move.SIGN: (_("Signer"), _("a signé"), "stamp"),
    Move.DISPATCH: (_("Expédier"), _("a expédié"), "send"),
    Move.CALL_BACK: (_("Rappeler l'envoi"), _("a rappelé un envoi"), "undo-2"),
    Move.SAME: (_("Même courrier"), _("a reconnu un second exemplaire"), "files"),
    Move.WITHDRAW: (_("Retirer la demande d'avis"), _("a retiré sa demande d'avis"), "circle-x"),
}
"""Each move: the verb of its button, what the history says of it, its icon."""
AUDIT_DEPTHS: dict[str, str] = {Depth.QUICK: _("Rapide"), Depth.FULL: _("Complet")}
AUDIT_OUTCOMES: dict[str, tuple[str, str, str]] = {
    AuditOutcome.SOUND: (_("Aucune anomalie"), "going", "circle-check"),
    AuditOutcome.ALTERED: (_("Anomalies"), "late", "circle-x"),
    AuditOutcome.UNFINISHED: (_("Inachevé"), "urgent", "circle-help"),
}
SYSTEM_NAME = _("Le système")
ACTS: dict[str, str] = {
    Act.CAPTURED: _("Enregistré"),
    Act.ARRIVED_AGAIN: _("Arrivé de nouveau"),
    Act.CAME_IN_BATCH: _("Issu d'un lot"),
    Act.ENVELOPE_HANDED: _("Pli fermé remis"),
    Act.ENVELOPE_KEPT: _("Pli gardé fermé"),
    Act.ENVELOPE_RELEASED: _("Pli ouvert, contenu versé dans le circuit"),
    Act.NUMBERED_AGAIN: _("Numéro de service donné"),
    Act.SEALED: _("Original scellé"),
    Act.SEAL_DELAYED: _("Sceau en attente"),
    Act.STAGE_DONE: _("Étape de lecture faite"),
    Act.STAGE_FAILED: _("Étape de lecture en échec"),
    Act.PROPOSED: _("Champs proposés"),
    Act.QUALIFIED: _("Qualifié"),
    Act.CORRECTED: _("Données corrigées"),
    Act.TEXT_CORRECTED: _("Texte lu corrigé"),
    Act.MOVED: _("Acte de circulation"),
    Act.OPENED: _("Ouvert par son destinataire"),
    Act.OPINION_GIVEN: _("Avis donné"),
    Act.OPINION_WITHDRAWN: _("Demande d'avis retirée"),
    Act.NOTED: _("Note ajoutée"),
    Act.SET_ASIDE: _("Mis de côté"),
    Act.TAKEN_BACK: _("Remis dans les bannettes"),
    Act.OPENED_TO_CIRCUIT: _("Ouvert à ceux qui visent la réponse"),
    Act.TOLD_APART: _("Déclaré différent d'un autre courrier"),
    Act.LINKED: _("Lié à un autre courrier"),
    Act.UNLINKED: _("Lien retiré"),
    Act.ACKNOWLEDGED: _("Accusé de réception délivré"),
    Act.DUE_RECOMPUTED: _("Échéance recalculée"),
    Act.SIGNED: _("Signé"),
    Act.PRINTED_FOR_INK: _("Imprimé pour signature"),
    Act.SIGNED_COPY: _("Copie signée numérisée"),
    Act.SENDINGS_PLANNED: _("Envois préparés"),
    Act.SENT: _("Envoi parti"),
    Act.SENDING_ANSWERED: _("Suite d'un envoi"),
    Act.CALLED_BACK: _("Envoi rappelé"),
    Act.RECEIVED_BY_PLATFORM: _("Reçu par la plateforme"),
    Act.ANNEX_ADDED: _("Annexe ajoutée"),
    Act.ANNEX_SEALED: _("Annexe scellée"),
    Act.READ: _("Consulté"),
    Act.ORIGINAL_READ: _("Original consulté"),
    Act.EXPORTED: _("Exporté"),
    Act.HISTORY_EXPORTED: _("Historique exporté"),
    Act.VERIFIED: _("Original vérifié"),
    Act.AUDIT_ASKED: _("Audit demandé"),
    Act.AUDIT_DONE: _("Audit fini"),
    Act.AUDIT_LEFT: _("Audit inachevé"),
    Act.AUDIT_TAKEN_UP: _("Audit repris"),
    Act.SAMPLE_DRAWN: _("Échantillon tiré"),
    Act.PAPER_GIVEN: _("Original papier remis"),
    Act.PAPER_RECEIVED: _("Original papier reçu"),
    Act.PAPER_WITHDRAWN: _("Remise du papier annulée"),
    Act.PAPER_DECLARED: _("Papier déclaré"),
    Act.BOX_MADE: _("Boîte d'archives créée"),
    Act.BOX_AMENDED: _("Boîte d'archives modifiée"),
    Act.BOX_REMOVED: _("Boîte d'archives retirée, jamais utilisée"),
    Act.PAPER_BOXED: _("Original papier mis en boîte"),
    Act.PAPER_UNBOXED: _("Original papier sorti de sa boîte"),
    Act.PAPER_LENT: _("Original papier prêté par les archives"),
    Act.PAPER_DESTROYED: _("Original papier détruit"),
    Act.PAPER_TRANSFERRED: _("Original papier remis à l'archive"),
    Act.PAPER_LIST_DONE: _("Liste d'originaux papier exécutée"),
    Act.PAPER_CERTIFIED: _("Certificat de destruction du papier scellé"),
    Act.PAPER_CERTIFICATE_READ: _("Certificat de destruction du papier consulté"),
    Act.DISCHARGED: _("Décharge donnée"),
    Act.SLIP_PRINTED: _("Fiche d'imputation imprimée"),
    Act.SLIP_READ: _("Fiche d'imputation lue"),
    Act.SLIP_CONFIRMED: _("Imputation confirmée d'après la fiche"),
    Act.SLIP_SET_ASIDE: _("Fiche écartée"),
    Act.KEPT_ADDED: _("Pièce gardée avec le courrier"),
    Act.KEPT_SEALED: _("Pièce scellée"),
    Act.DELEGATED: _("Intérim ou délégation accordés"),
    Act.DELEGATION_ENDED: _("Intérim ou délégation retirés"),
    Act.ABSENCE_DECLARED: _("Absence déclarée"),
    Act.ABSENCE_ENDED: _("Absence finie"),
    Act.SUCCESSION_MADE: _("Inventaire de passation dressé"),
    Act.SUCCESSION_READ: _("Inventaire de passation lu"),
    Act.SUCCESSION_ACCEPTED: _("Passation acceptée"),
    Act.HELD: _("Gelé"),
    Act.RELEASED: _("Dégelé"),
    Act.HOLD_AMENDED: _("Suivi d'un gel modifié"),
    Act.HOLD_SEARCHED: _("Recherche d'un gel menée à son terme"),
    Act.DISPOSAL_PREPARED: _("Bordereau d'élimination préparé"),
    Act.DISPOSAL_LINE_REMOVED: _("Retiré d'un bordereau d'élimination"),
    Act.DISPOSAL_VISAED: _("Élimination visée par l'archiviste"),
    Act.DISPOSAL_APPROVED: _("Élimination approuvée"),
    Act.DISPOSAL_SENT_BACK: _("Bordereau d'élimination renvoyé"),
    Act.DISPOSAL_ABANDONED: _("Bordereau d'élimination abandonné"),
    Act.DISPOSAL_DONE: _("Élimination finie, certificat scellé"),
    Act.DISPOSAL_READ: _("Certificat d'élimination consulté"),
    Act.CONDEMNED: _("Élimination décidée, dernière vérification passée"),
    Act.SPARED: _("Épargné par la dernière vérification d'une élimination"),
    Act.DESTROYED: _("Contenu détruit"),
    Act.REMAINS_GONE: _("Reste d'une élimination détruit"),
    Act.REMINDED: _("Rappel d'échéance"),
    Act.ESCALATED: _("Retard signalé au-dessus"),
    Act.MAIL_RETURNED: _("Retour d'un courriel rattaché"),
    Act.MESSAGE_SENT: _("Courriel envoyé"),
    Act.MESSAGE_FAILED: _("Courriel non remis"),
    Act.MESSAGE_AGAIN: _("Courriel renvoyé"),
    Act.DOSSIER_OPENED: _("Dossier ouvert"),
    Act.DOSSIER_CHANGED: _("Dossier modifié"),
    Act.DOSSIER_CLOSED: _("Dossier clos"),
    Act.DOSSIER_REOPENED: _("Dossier rouvert"),
    Act.PIECE_BROUGHT: _("Pièce déposée au dossier"),
    Act.PIECE_DESCRIBED: _("Pièce décrite"),
    Act.PIECE_RESERVED: _("Pièce réservée"),
    Act.PIECE_FREED: _("Pièce libérée"),
    Act.PIECE_WITHDRAWN: _("Pièce retirée du dossier"),
    Act.PIECE_TAKEN_BACK: _("Pièce remise au dossier"),
    Act.PIECE_READ: _("Pièce lue"),
    Act.PIECE_SEALED: _("Pièce scellée"),
    Act.PIECE_TRANSFERRED: _("Pièce versée au service d'archives"),
    Act.PIECE_TRANSFER_REFUSED: _("Pièce refusée par le service d'archives"),
    Act.FILED: _("Mis au dossier"),
    Act.UNFILED: _("Retiré du dossier"),
    Act.CORRESPONDENT_LINKED: _("Rattaché à un correspondant"),
    Act.CORRESPONDENT_ENTERED: _("Fiche créée"),
    Act.CORRESPONDENT_CHANGED: _("Fiche modifiée"),
    Act.CORRESPONDENTS_MERGED: _("Fiches fusionnées"),
    Act.CORRESPONDENTS_PARTED: _("Fusion défaite"),
    Act.CORRESPONDENTS_DISTINCT: _("Déclaré distinct d'un autre"),
    Act.REFUSED: _("Fichier refusé"),
    Act.QUARANTINE_DELETED: _("Fichier en quarantaine supprimé"),
    Act.REGISTER_PRINTED: _("Registre imprimé"),
    Act.REGISTER_OPENED: _("Exercice de registre ouvert"),
    Act.REGISTER_CLOSED: _("Exercice de registre clos"),
    Act.NUMBERS_RESERVED: _("Numéros réservés"),
    Act.NUMBERS_CANCELLED: _("Numéros réservés annulés"),
    Act.DRAFT_BEGUN: _("Projet commencé"),
    Act.DRAFT_WRITTEN: _("Version de projet écrite"),
    Act.DRAFT_ACTED: _("Acte sur un projet"),
    Act.DRAFT_READ: _("Projet consulté"),
    Act.TRANSMITTED: _("Bordereau émis"),
    Act.TRANSMITTAL_CANCELLED: _("Bordereau annulé"),
    Act.SHEET_DOUBTFUL: _("Feuille revenue, douteuse"),
    Act.SHEET_DECIDED: _("Feuille revenue, décidée"),
    Act.BATCH_OPENED: _("Lot ouvert"),
    Act.BATCH_FILE: _("Fichier d'un lot"),
    Act.BATCH_AMENDED: _("Déclaration d'un lot corrigée"),
    Act.BATCH_CONFIRMED: _("Lot confirmé"),
    Act.BATCH_DONE: _("Lot enregistré"),
    Act.BATCH_DROPPED: _("Lot écarté"),
    Act.SIGNED_IN: _("Session ouverte"),
    Act.SIGN_IN_FAILED: _("Session refusée"),
    Act.CONFIRMED: _("Mot de passe redonné pour un acte"),
    Act.PHONE_LINKED: _("Téléphone lié"),
    Act.SIGNED_OUT: _("Session fermée"),
    Act.TOKEN_CREATED: _("Jeton d'API créé"),
    Act.PASSWORD_SET: _("Mot de passe changé"),
    Act.HOLIDAYS_CHANGED: _("Jours fériés modifiés"),
    Act.ENTITY_CHANGED: _("Entité modifiée"),
    Act.POSITION_CHANGED: _("Poste modifié"),
    Act.ENTITY_CLOSED: _("Entité retirée"),
    Act.MODEL_SERVES: _("Modèle mis en service"),
    Act.MODEL_RETIRED: _("Modèle retiré"),
    Act.MODEL_LOADED: _("Organisation chargée"),
    Act.KEY_ROTATED: _("Clé du sceau renouvelée"),
    Act.KEY_ASKED: _("Certificat de sceau demandé"),
    Act.KEY_IMPORTED: _("Certificat de sceau importé"),
    Act.KEY_REVOKED: _("Certificat de sceau révoqué"),
    Act.KEY_LISTS: _("Listes de révocation reçues"),
    Act.LOG_KEY_ROTATED: _("Clé d'un journal renouvelée"),
    Act.KEK_RENEWED: _("Clé du coffre renouvelée"),
    Act.KEYS_REWRAPPED: _("Clés des fichiers reprises"),
    Act.KEK_DESTROYED: _("Clé du coffre détruite"),
    Act.VAULT_ENCRYPTED: _("Coffre chiffré"),
    Act.ORIGINALS_HASHED: _("Originaux hachés en SHA-512"),
    Act.TIMESTAMPS_RENEWED: _("Horodatages renouvelés"),
    Act.HEADS_HASHED: _("Têtes hachées en SHA-512"),
    Act.INDEX_REBUILT: _("Index refait"),
    Act.INDEX_CHECKED: _("Index comparé aux courriers"),
    Act.INDEX_RETRIED: _("Courriers refusés donnés de nouveau à l'index"),
    Act.MAIL_ASIDE: _("Courriel écarté"),
    Act.MAIL_SETTLED: _("Courriel écarté, décidé"),
    Act.SCHEDULE_BEGUN: _("Version du plan et du tableau commencée"),
    Act.SCHEDULE_WRITTEN: _("Version du plan et du tableau écrite"),
    Act.SCHEDULE_SUBMITTED: _("Version du plan et du tableau soumise"),
    Act.SCHEDULE_SENT_BACK: _("Version du plan et du tableau renvoyée"),
    Act.SCHEDULE_APPROVED: _("Version du plan et du tableau approuvée"),
    Act.LOCK_EXTENDED: _("Verrou du coffre prolongé"),
    Act.SCHEDULE_DISCARDED: _("Brouillon du plan et du tableau abandonné"),
    Act.CLASSIFIED: _("Cote changée"),
    Act.EVENT_RECORDED: _("Événement noté"),
    Act.EVENT_WITHDRAWN: _("Événement retiré"),
    Act.FALLS_DUE: _("Échéance de conservation"),
    Act.TRANSFER_PREPARED: _("Bordereau de versement préparé"),
    Act.TRANSFER_AMENDED: _("Bordereau de versement corrigé"),
    Act.TRANSFER_SUBMITTED: _("Bordereau de versement soumis au visa"),
    Act.TRANSFER_SENT_BACK: _("Bordereau de versement renvoyé"),
    Act.TRANSFER_APPROVED: _("Bordereau de versement visé"),
    Act.TRANSFER_ABANDONED: _("Bordereau de versement abandonné"),
    Act.TRANSFER_PACKED: _("Paquet de versement fait"),
    Act.TRANSFER_TAKEN: _("Paquet de versement emporté"),
    Act.TRANSFER_ANSWERED: _("Réponse du service d'archives inscrite"),
    Act.TRANSFER_DESTROYED: _("Paquet de versement détruit"),
    Act.TRANSFERRED: _("Versé au service d'archives"),
    Act.TRANSFER_REFUSED: _("Refusé par le service d'archives"),
    Act.RECEPTION_CAME: _("Versement reçu d'une autre maison"),
    Act.RECEPTION_ENDED: _("Versement reçu : accepté ou refusé"),
    Act.CAME_BY_TRANSFER: _("Venu par versement"),
    Act.LIST_EXPORTED: _("Tableau exporté"),
    Act.LIST_PRINTED: _("Feuilles imprimées"),
    Act.HEAD_PRINTED: _("Tête du jour imprimée"),
    Act.PRINT_READ: _("Impression gardée, ouverte"),
    Act.PAPER_READ: _("Image d'un papier consultée"),
    Act.JOURNAL_READ: _("Journal consulté"),
    Act.JOURNAL_EXPORTED: _("Journal exporté"),
    Act.JOURNAL_PROVEN: _("Preuve d'une ligne du journal délivrée"),
}
HOLD_SCOPES: dict[str, str] = {
    Scope.LETTER: _("Gel du courrier"),
    Scope.DOSSIER: _("Gel d'un dossier"),
    Scope.CORRESPONDENT: _("Gel d'un correspondant"),
    Scope.QUERY: _("Gel d'une recherche"),
}
"""What a hold was placed on."""
DISPOSAL_STATES: dict[str, tuple[str, str, str]] = {
    DisposalState.PREPARED: (_("À viser"), "new", "pen-line"),
    DisposalState.VISAED: (_("Attend la seconde personne"), "urgent", "clock"),
    DisposalState.APPROVED: (_("Élimination en cours"), "going", "scan-line"),
    DisposalState.DONE: (_("Fini"), "going", "check"),
    DisposalState.ABANDONED: (_("Abandonné"), "new", "circle-x"),
}
"""Where a list of disposal stands: its words, look and icon."""
DISPOSAL_LINES: dict[str, str] = {
    LineState.PROPOSED: _("À éliminer"),
    LineState.CONDEMNED: _("En cours de destruction"),
    LineState.DESTROYED: _("Détruit"),
    LineState.KEPT: _("Gardé par le tri"),
    LineState.SPARED: _("Épargné"),
    LineState.REMOVED: _("Retiré"),
}
"""What becomes of a letter of a list."""
CONCERNS: dict[str, str] = {
    Concern.LETTERS: _("Les courriers"),
    Concern.SIGN_INS: _("Les sessions et jetons"),
    Concern.ADMINISTRATION: _("L'administration"),
    Concern.OTHER: _("Le reste"),
}
"""What lines of the journal are about."""
WAYS: dict[str, str] = {
    Way.CAPTURE: _("pris à l'enregistrement"),
    Way.DECLARED: _("déclaré par le bureau d'ordre"),
    Way.CONFIRMED: _("reçu, confirmé à l'écran"),
    Way.SIGNATURE: _("reçu, signé à l'écran"),
    Way.QR: _("reçu, par le QR du bordereau"),
    Way.SLIP: _("reçu, bordereau signé revenu"),
    Way.BOXED: _("rangé aux archives"),
    Way.LENT: _("prêté par les archives, emporté"),
    Way.TRANSFERRED: _("remis avec un versement"),
}
"""How a receipt of paper was attested."""


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Return the sentences of a language; French is what the source says."""
    file = _LOCALE / language / "messages.po"
    if not file.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@dataclass(frozen=True, slots=True)
class _Tongue:
    language: str

    def say(self, sentence: str) -> str:
        return translations(self.language).gettext(sentence)

    def count(self, one: str, several: str, number: int) -> str:
        return translations(self.language).ngettext(one, several, number)

    def day(self, day: date) -> str:
        return format_date(day, "d MMMM y", locale=self.language)


def tongue(language: str) -> Tongue:
    """Return what tells reasons in a language."""
    return FRENCH if language == "fr" else _Tongue(language)


def near_day(value: date | datetime, today: date, language: str) -> str:
    """Return « aujourd'hui », « hier », « 23 nov. », or with its year when it is another one."""
    day = value.date() if isinstance(value, datetime) else value
    say = translations(language).gettext
    if day == today:
        return say(_("aujourd'hui"))
    if (today - day).days == 1:
        return say(_("hier"))
    return format_date(day, "d MMM" if day.year == today.year else "d MMM y", locale=language)


def moment(value: datetime, language: str) -> str:
    """Return « 23 novembre 2026 à 9 h 42 », its hour on one line."""
    form = "d MMMM y 'à' H\u00a0'h'\u00a0mm" if language == "fr" else "d MMMM y 'at' HH:mm"
    return format_datetime(value, form, locale=language)


def typed_day(value: date | None) -> str:
    """Return a day as one types it: 16/11/2026."""
    return value.strftime("%d/%m/%Y") if value else ""


def counted(value: int, language: str) -> str:
    """Return a count as people of a language read it: « 1 204 », "1,204"."""
    return str(format_decimal(value, locale=language))


def size(value: int, language: str) -> str:
    """Return a size in bytes as « 34 Mo », « 180 Ko »."""
    units = ("o", "Ko", "Mo", "Go") if language == "fr" else ("B", "KB", "MB", "GB")
    amount, unit = float(value), 0
    while amount >= 1000 and unit < len(units) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f} {units[unit]}"

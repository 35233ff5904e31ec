"""What each finding means and what to do about it, in French: a report says both."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a finding means, and what whoever reads the report should do."""

    means: str
    do: str


_KEEP = (
    "Ne réparez rien : gardez le coffre et le journal en l'état, gardez ce rapport, prévenez l'autorité de contrôle."
)
_RESTORE = (
    "Retrouvez l'original dans une sauvegarde : son empreinte dit si c'est le bon. Cherchez qui a écrit dans le coffre."
)
_ASK = "Demandez à l'administrateur ce qui l'explique, et gardez sa réponse avec ce rapport."

MEANINGS: dict[str, Meaning] = {
    "head.unsigned": Meaning("La tête du journal n'est pas signée par sa clé : elle a été remplacée ou abîmée.", _KEEP),
    "head.none": Meaning(
        "Rien n'a encore été inscrit.",
        "Si des courriers sont scellés, le journal a été vidé : voyez les autres lignes.",
    ),
    "log.altered": Meaning("Une entrée, une tuile ou la tête a changé depuis la signature.", _KEEP),
    "log.rolled_back": Meaning("Le journal a été ramené à un état plus ancien : des inscriptions ont disparu.", _KEEP),
    "log.two_heads": Meaning(
        "La même clé a signé deux histoires : les deux têtes ensemble en sont la preuve, pour n'importe qui.", _KEEP
    ),
    "log.rewritten": Meaning("Le journal a été refait : son passé n'est plus celui qui fut montré.", _KEEP),
    "leaf.unreadable": Meaning("Cette entrée n'a pas été écrite par le scellement.", _KEEP),
    "leaf.masked": Meaning(
        "L'original d'un document confidentiel, ou le sel qui le rattache au journal, a été ôté ou changé.", _RESTORE
    ),
    "object.altered": Meaning("Les octets gardés ne sont plus ceux qui furent scellés.", _RESTORE),
    "object.sha512": Meaning(
        "Deux fichiers différents ont la même SHA-256 : celui-ci n'est pas celui qui fut haché de nouveau.", _RESTORE
    ),
    "object.missing": Meaning("Un original scellé, ou qui a une signature, n'est plus là.", _RESTORE),
    "object.disposed": Meaning(
        "L'original a été détruit par une élimination que le journal raconte ; il n'est pas perdu.",
        "Rapprochez-la de son bordereau d'élimination : le journal dit qui et quand, non s'il en avait le droit.",
    ),
    "disposal.remains": Meaning(
        "Le journal dit ce document éliminé, et le coffre l'a encore : une élimination interrompue, ou un autre "
        "courrier des mêmes octets.",
        _ASK,
    ),
    "p7s.missing": Meaning("La signature a été ôtée ; l'original reste prouvé par le journal.", _RESTORE),
    "p7s.altered": Meaning("La signature a été changée ou refaite après coup.", _KEEP),
    "p7s.invalid": Meaning("La signature ne prouve plus cet original.", _KEEP),
    "certificate.untrusted": Meaning("Le sceau vient d'une clé que l'autorité n'a pas reconnue alors.", _KEEP),
    "certificate.unreadable": Meaning(
        "La chaîne de certificats est abîmée.", "Rétablissez-la depuis la sauvegarde des clés."
    ),
    "certificate.ended": Meaning(
        "Aucun nouveau sceau ne doit plus être posé avec lui.", "Faites changer la clé de scellement."
    ),
    "certificate.ends": Meaning("Il faut le renouveler avant.", "Prévoyez le changement de clé de scellement."),
    "proof.missing": Meaning("La preuve gardée a été ôtée ; le journal peut en donner une nouvelle.", _ASK),
    "proof.invalid": Meaning("La preuve gardée a été changée, ou le journal l'a été depuis.", _KEEP),
    "vault.deleted": Meaning(
        "Quelqu'un a demandé l'effacement de cet objet ; ses octets sont encore sous la marque.", _RESTORE
    ),
    "vault.version": Meaning("Le coffre n'écrit jamais deux fois un nom : quelqu'un a écrit par-dessus.", _KEEP),
    "vault.stranger": Meaning("Ce fichier n'a pas été mis là par le logiciel.", _ASK),
    "vault.unreferenced": Meaning(
        "Bon, mais cité par rien : un enregistrement interrompu en laisse, ou une ligne a été effacée.",
        _ASK,
    ),
    "anchor.altered": Meaning("Une tête gardée ou son heure a été changée dans la base.", _KEEP),
    "anchor.token": Meaning("Le jeton d'horodatage a été changé, ou son autorité n'est pas reconnue.", _KEEP),
    "anchor.record": Meaning("Le renouvellement de l'horodatage a été changé, ou est venu trop tard.", _KEEP),
    "anchor.log": Meaning(
        "Le journal a changé depuis que sa SHA-512 fut horodatée, fût-ce en gardant toutes ses SHA-256.", _KEEP
    ),
    "anchor.ended": Meaning(
        "Ce jeton ne prouve plus l'heure à lui seul.",
        "Voyez si une tête plus récente la prouve ; lancez « ged renew ».",
    ),
    "anchor.cosignature": Meaning("La ligne d'un témoin a été changée, ou n'est pas de lui.", _KEEP),
    "anchor.unknown_witness": Meaning("La clé de ce témoin n'est pas, ou plus, de celles qu'on reconnaît.", _ASK),
    "anchor.witnesses": Meaning(
        "Les têtes récentes n'ont pas les témoins que la configuration exige : elles pourraient encore être refaites.",
        "Voyez pourquoi les témoins ne signent plus : ils sont absents, ou ils refusent.",
    ),
    "anchor.unjudged": Meaning(
        "Un jeton est gardé, sans autorité reconnue pour le juger.", "Donnez le certificat de l'autorité."
    ),
    "anchor.waits": Meaning(
        "L'heure de ces sceaux n'est encore que déclarée.", "Voyez pourquoi l'autorité ne répond pas."
    ),
    "leaf.backdated": Meaning("L'inscription se dit plus vieille qu'elle ne peut l'être.", _KEEP),
    "leaf.postdated": Meaning("L'inscription se dit plus jeune qu'elle ne peut l'être.", _KEEP),
    "leaf.from_paper": Meaning(
        "Un numéro réservé pour le papier a été saisi ensuite : sa date est celle du papier.", _ASK
    ),
    "leaf.late_seal": Meaning("Le sceau a attendu ; le journal des actes prouve l'enregistrement à cette heure.", _ASK),
    "journal.altered": Meaning("La ligne n'est plus celle qui fut inscrite au journal des actes.", _KEEP),
    "journal.waiting": Meaning("Rien ne protège encore ces lignes.", "Voyez si « ged ship » tourne."),
    "check.interrupted": Meaning(
        "Ce que l'audit lit n'a pas répondu un moment ; il a attendu, puis continué où il en était.",
        "Voyez ce que disaient le coffre et la base à cette heure.",
    ),
    "check.killed": Meaning(  # told by audits of an earlier version, which are read still
        "Des processus de lecture de l'audit ont été arrêtés de force ; rien n'a été sauté, il a continué.",
        "Voyez si la mémoire a manqué, ou qui les a arrêtés.",
    ),
    "object.unread": Meaning("Le disque rend une erreur : cet original ne se lit pas.", _RESTORE),
    "check.stopped": Meaning("Ce qui est gardé ne se lit plus, et la vérification n'a pas pu aller plus loin.", _KEEP),
    "vault.keyless": Meaning("Chiffré sous une clé qui n'existe plus : un dépôt interrompu, ou une destruction.", _ASK),
    "database.entry": Meaning("La base cite une inscription qui n'existe pas, ou qui est à un autre.", _KEEP),
    "database.leaf": Meaning("La base a été changée après le scellement.", _KEEP),
    "database.row": Meaning("La base ne dit plus du document ce que le journal en dit.", _KEEP),
    "database.gone": Meaning("Un document scellé a été effacé de la base.", _KEEP),
    "database.seal": Meaning("Le sceau a été effacé de la base.", _KEEP),
    "register.faulty": Meaning("Le registre a une lacune, un doublon ou une date qui recule.", _KEEP),
    "seal.unfinished": Meaning(
        "Un arrêt a interrompu le scellement : le travail reprend de lui-même.", "Refaites l'audit plus tard."
    ),
    "seal.waiting": Meaning(
        "L'original n'est pas encore scellé : rien ne le prouve que le coffre.", "Voyez l'état du système."
    ),
}

"""What a line can be told by: the words of letter-writing, as flags; the model weighs them with the line's place.

Patterns read text in lower case without accents, and forgive what OCR makes of the commonest labels.
"""

from __future__ import annotations

import re

MONTHS = {
    "janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "aout": 8, "septembre": 9,
    "octobre": 10, "novembre": 11, "decembre": 12, "january": 1, "february": 2, "march": 3, "april": 4, "may": 5,
    "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
    "janv": 1, "jan": 1, "fevr": 2, "fev": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "jun": 6, "juil": 7, "jul": 7,
    "aou": 8, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))

_CIVILITY = (
    r"(?:monsieur|madame|messieurs|mesdames|mademoiselle|son excellence|s\.?e\.?m\.?|m\.|mme|mr\.?|mrs\.?|dr\.?"
    r"|the (?:honourable|minister|director|secretary|managing|permanent|head))"
)
SUBJECT_LABEL = re.compile(
    r"^[^a-z0-9]{0,3}(?:(?:[o0cqi]{0,2}\s?b\W?\s?[jil]{1,2}\s?[e6c]\s?c?t\s?s?|[o0q]b\W?[jil]{1,2}|concerne|conc|subject|re|sujet)"
    r"(?:\s*/\s*(?:subject|objet))?\s*[:;.,_\-–—/|]+\s*|(?:[o0q]b[jil][e6c]t|concerne)\s+(?=\w)"
    r"|(?:[o0]b[jil][e6c]t|concerne)\s*$)"
)
OURS_LABEL = (
    r"(?:n\s?[./]?\s?ref[a-z.]*|nos?\.? ref[a-z]*|notre ref[a-z]*|our ref[a-z]*|ref[a-z.]*(?:\s*/\s*ref[a-z.]*)?"
    r"|n[°o]? ref|dossier|ref\.? n[°o])"
)
THEIRS_LABEL = r"(?:v\s?[./]\s?\s?ref[a-z.]*|v\s?/\s?l|vos?\.? ref[a-z]*|votre (?:ref[a-z]*|lettre)|your ref[a-z]*)"

FLAGS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "nation": r"republi.?ue togo|travail\s*[-–.,]|liberte|patrie|^[-=_.*~o\s]+$",
        "ministry": r"^(?:ministere|primature|presidence|ministry|haut[- ]commissariat)\b",
        "unit": (
            r"^(?:direction(?:des?|du|generale)?|secretariat|cabinet|division|service|inspection|cellule|prefecture|mairie|commune|agence"
            r"|autorite|office|ambassade|universite|association|collectif|groupement|cooperative|syndicat|conseil|cour"
            r"|tribunal|haute|bureau|delegation|institut|ecole|lycee|college|commissariat|embassy|fondation|comite|port"
            r"|federation|chambre|hopital|clinique|consulat|programme|centre|caisse|reseau|union|eglise|croix|ong"
            r"|mission)\b"
        ),
        "firm": (
            r"\b(?:sarl|s\.a\.r\.l|s\.?a|sas|ets|ltd|limited|inc|plc|& fils|corp)\b\.?"
            r"|^(?:societe|compagnie|entreprise|etablissements|groupe|banque|garage|imprimerie)\b"
        ),
        "contact": (
            r"\b(?:tel|telephone|fax|bp|b\.?\s?p|e-?mail|courriel|www|cel|rccm|nif|site|mail|po box)\b|@"
            r"|\d{2}[ .-]\d{2}[ .-]\d{2}"
        ),
        "street": (
            r"\b(?:quartier|rue|avenue|boulevard|immeuble|face|street|road)\b"
            r"|^[a-z' -]{3,30}, ?[a-z' -]{3,20}(?:\(togo\))?$"
        ),
        "ours": rf"^[^a-z0-9]{{0,3}}{OURS_LABEL}\b",
        "theirs": rf"^[^a-z0-9]{{0,3}}{THEIRS_LABEL}\b",
        "number": r"^\W{0,2}(?:lettre |note |facture |/)?n\s?[°ºo*\"'_]",
        "subject": SUBJECT_LABEL.pattern,
        "civility": rf"^(?:a |aux? |to |a l'attention de )?{_CIVILITY}",
        "greeting": rf"^(?:{_CIVILITY}|excellence|dear|sir|cher|chere).{{0,70}},\s*$",
        "to": r"^(?:a|to|aux?|a l'attention de.*|attn.*)\s*[:;,]?\s*$",
        "attention": r"^(?:a l'attention|attn|attention)",
        "from": r"^(?:de|from|expediteur|emetteur|nom|nom et prenoms?)\s*[:;]",
        "via": r"^s\s?/\s?c\b|sous[- ]couvert",
        "pieces": r"^\W{0,2}(?:[pr]\.?\s?(?:j\b|[ji1lt]\b\W{0,3}:)|pieces? jointes?|annexes?|encl)",
        "copies": r"^(?:ampliation|copie|cc\b|destinataires)",
        "closing": r"agreer|salutations|consideration distinguee|faithfully|sincerely|regards|sentiments|croire",
        "function": (
            r"\b(?:directeur|directrice|secretaire|president|presidente|gerant|gerante|maire|prefet|ministre|chef"
            r"|chief|commissaire|inspecteur|administrateur|coordonnateur|interesse|ambassadeur|consul|manager|director|minister)\b"
        ),
        "proxy": r"^p\s?[./]\s?[oi]\b|par delegation|par interim|^pour [a-z]",
        "dated": (
            rf"\d\s*(?:er|th|st|nd|rd)?[ .…]*(?:{MONTH})|\d{{1,2}}\s?[/.\-]\s?\d{{1,2}}\s?[/.\-]\s?\d{{2}}"
            r"|deux[- ]mille"
        ),
        "placed": r"^(?:fait a |done at )?[a-z' -]{3,25},? (?:le|the)\b",
        "stamp": r"arrive|recu\b|enregistre|received|entree|courrier",
        "title": (
            r"note de service|note verbale|^facture|bordereau|memorandum|circulaire|soit[- ]transmis|attestation"
            r"|certificat|decision"
        ),
        "togo": r"^[-\s]*[a-z' ]{3,20}\s*[-–.]?\s*(?:togo)?[-.\s]*$",
        "item": r"^[-–•*]\s|^\d{1,2}\s?[).-]\s",
        "verb": r"\b(?:honneur|vous|nous|je|est|sont|qui|que|please|we|our|your|will|avons|suis)\b",
        "total": r"\b(?:total|montant|somme|net a payer|cout|ttc)\b",
        "ends_open": r"(?:,|\b(?:de|du|des|la|le|les|et|a|au|aux|en|pour|d'|l'|the|of|and|to|for|in))$",
        "starts_open": r"^(?:de|du|des|d'|la|le|les|l'|et|a|au|aux|en|pour|sur|of|and|for|in)\b",
    }.items()
}
"""What a line carries, by name; the order is part of the model."""

BEFORE: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "place": r"(?:^|fait a |done at )\s*[a-z'\- ]{3,30},?\s+(?:le|the|on|ce)\s*[:.…\s]*$",
        "the": r"\b(?:le|the|on)\s*[:.…\s]*$",
        "of": r"\b(?:du|en date du|date du)\s*$",
        "dated": r"\bdate[a-z ]*\s*:?\s*$",
        "until": (
            r"(?:plus tard|avant|jusqu'?a?u?|d'ici|pour|before|by|than|until|limite|echeance)\s*(?:le|au)?"
            r"\s*[:.]?\s*(?:\w+di\s*)?$"
        ),
        "received": r"(?:recu|arrivee?|received|entree)[a-z ]*\W*(?:le)?\s*$",
        "law": r"(?:loi|decret|arrete|ordonnance|code)\b.{0,25}$",
        "ours": rf"{OURS_LABEL}\s*[:.,]*\s*(?:n\s?[°ºo*]?\.?\s*)?[:.]?\s*$",
        "theirs": rf"{THEIRS_LABEL}\s*[:.,/a-z ]*(?:n\s?[°ºo*]?\.?\s*)?[:.]?\s*$",
        "number": r"n\s?[°ºo*\"'_]+\.?\s*[:.]?\s*$",
        "letter": r"(?:lettre|correspondance|courrier)\s*(?:n\s?[°o*])?\s*$",
        "invoice": (
            r"(?:facture|compte|contrat|marche|dossier|offres|permis|avenant|decision)\s*(?:n\s?[°o*])?\s*:?\s*$"
        ),
        "phone": r"(?:tel|telephone|cel|contact|phone|fax)[a-z.]*\s*[:.(]*\s*(?:228\))?\s*$",
        "fax": r"fax\s*[:.]*\s*$",
        "sum": r"(?:total|montant|somme|cout|net|ttc|s'eleve|estime|arretee?)\b.{0,40}$",
        "paren": r"\(\s*$",
        "start": r"^\W*$",
        "time": r"(?:tiendra|lieu|debut|effet|compter|depuis|reunion|seance|held)\b.{0,40}$",
    }.items()
}
"""What stands right before a date, a number or an amount on its line."""

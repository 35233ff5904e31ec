"""Templates: how each sort of sender lays out a letter. Those held out are never looked at while tuning.

`order` names the blocks from top to bottom; `a|b` stands side by side. `date`, `ref`, `to` may carry where they
stand: `:l` left, `:c` centre, `:r` right. `sign` says who is named over the signature: a function, `for` whom one
signs, the function `of` a house; or, for `contacts`, where the signer is to be reached, under the name.
"""

from __future__ import annotations

from dataclasses import dataclass

_N = ("N°", "N°", "N/Réf. :", "Nos réf. :", "Réf. :", "N/Réf :", "Réf :")
_V = ("V/Réf. :", "V/Réf :", "Vos réf. :", "Votre réf. :")
_OBJ = ("Objet :", "OBJET :", "Objet:", "Objet -", "Objet")
_TO = ("a_line", "plain", "a_inline", "a_line")
_END = "subject pj greeting body close sign"


@dataclass(frozen=True, slots=True)
class Template:
    """One layout; `sort` says who writes (state, agency, firm, group, citizen, embassy, english)."""

    name: str
    sort: str
    head: str
    order: str
    dates: tuple[str, ...] = ("long", "long", "padded", "slashed")
    place: str = "place_le"
    refs: tuple[str, ...] = _N
    theirs: tuple[str, ...] = _V
    subjects: tuple[str, ...] = _OBJ
    to: tuple[str, ...] = _TO
    sign: str = "function"
    footer: bool = False
    font: str = ""
    later: bool = False
    held: bool = False


TEMPLATES: tuple[Template, ...] = (
    Template("ministere_deux_colonnes", "state", "two_columns", f"ref:l their date:r to:r {_END} copies"),
    Template("ministere_date_face", "state", "two_columns", f"ref:l|date:r their to:r {_END} copies"),
    Template("ministere_centre", "state", "nation_centre", f"date:r ref:l their to:c {_END}", ("long", "spelt", "stamped")),
    Template("ministere_empile", "state", "stacked", f"ref:l date:r to:r {_END} copies", ("in_dots", "stamped", "dots_in_figures"), refs=("N°", "N°_____", "N°")),
    Template("ministere_sc", "state", "two_columns", f"date:r ref:l to:r via {_END}", ("long", "weekday"), subjects=("Objet :", "OBJET :", "Concerne :"), to=("a_line", "plain")),
    Template("ministere_date_fin", "state", "stacked", "ref:l to:r subject pj greeting body close dateline sign copies", ("long", "spelt"), "fait"),
    Template("note_de_service", "state", "two_columns", "ref:l|date:r title to:l subject body sign copies", ("long", "slashed"), to=("plain",)),
    Template("circulaire_memo", "state", "logo_centre", "title memo body sign", ("slashed", "long"), "bare"),
    Template("agence_logo_gauche", "agency", "logo_left", f"date:r to:r ref:l their {_END}", ("long", "short_month"), footer=True),
    Template("agence_tout_a_gauche", "agency", "logo_left", f"date:l ref:l their to:l {_END}", ("long", "dotted", "short_year"), to=("plain",), footer=True),
    Template("agence_reference_droite", "agency", "logo_right", f"ref:r date:r to:l {_END}", ("dotted", "long"), refs=("Réf. :", "N° Réf :", "Référence :"), to=("plain", "attn")),
    Template("mairie_centre", "agency", "nation_centre", f"ref:l date:r to:c {_END}", ("padded", "in_dots", "long")),
    Template("prefecture", "agency", "two_columns", f"ref:l date:r to:r {_END} copies", ("long", "stamped", "spelt")),
    Template("societe_entete", "firm", "logo_left", f"to:r date:r ref:l their {_END}", ("long", "slashed", "two_digits"), subjects=("Objet :", "Concerne :", "OBJET :"), to=("plain", "attn"), footer=True),
    Template("societe_centree", "firm", "centred", f"ref:l|date:r to:r {_END}", ("dashes", "long", "spaced"), refs=("N/Réf. :", "Nos réf. :", "Réf. :"), footer=True),
    Template("societe_pied_seul", "firm", "logo_only", f"to:r ref:l their date:r {_END}", ("long", "short_year"), subjects=("Concerne :", "Objet :"), to=("plain", "attn"), footer=True),
    Template("facture", "firm", "logo_left", "title date:r ref:r to:r subject table words sign", ("slashed", "dashes"), "date", refs=("Facture N°", "N°"), footer=True),
    Template("cabinet_conseil", "firm", "right_block", f"to:l date:r ref:l {_END}", ("long", "short_month"), refs=("Dossier :", "N. Réf. :", "Nos réf. :"), theirs=("V. Réf. :", "Vos réf. :"), to=("plain", "attn")),
    Template("association", "group", "logo_left", f"date:r ref:l to:r {_END}", ("long", "slashed", "tight_slashes")),
    Template("ong_centree", "group", "centred", f"ref:l date:r to:r {_END}", ("long", "dotted"), footer=True),
    Template("collectif_bas", "group", "none", "to:l subject greeting body close dateline sign", ("long", "spelt"), "fait", to=("a_inline", "plain")),
    Template("citoyen_gauche", "citizen", "person_left", f"date:r to:r {_END}", ("long", "slashed", "padded")),
    Template("citoyen_date_haut", "citizen", "person_left", "date:r to:r via subject greeting body close sign", ("long", "spelt", "tight_slashes", "dots_in_figures")),
    Template("citoyen_sans_entete", "citizen", "none", "date:r to:c subject greeting body close sign", ("long", "slashed"), to=("a_line", "plain")),
    Template("citoyen_nom_prenom", "citizen", "named_lines", f"to:r {_END} dateline", ("long", "slashed"), "fait"),
    Template("ambassade", "embassy", "centred_crest", "ref:l title body close date:r", ("long", "capitals"), refs=("N°", "Note n°", "Réf. :"), footer=True),
    Template("bilingue", "embassy", "bilingual", f"ref:l|date:r their to:l {_END}", ("long", "english_day"), refs=("Réf. / Ref. :", "Our ref. :"), theirs=("V/Réf. / Your ref. :",), subjects=("Objet / Subject :", "Objet :"), to=("plain",), footer=True),
    Template("anglais", "english", "logo_left", "date:l ref:l their to:l greeting subject body close sign", ("english", "english_day"), "bare", refs=("Our Ref:", "Ref:", "Ref. No."), theirs=("Your Ref:",), subjects=("Subject:", "RE:", "Re:"), to=("plain",), footer=True),
    # Looked at later than the others: training draws from them apart, so that letters of the first stay the same.
    Template("direction_chaine", "state", "long_chain", f"ref:l|date:r to:r {_END} copies", ("long", "padded", "stamped"), sign="for", later=True),
    Template("direction_empilee", "state", "long_stack", f"date:r ref:l to:r via {_END}", ("long", "weekday"), sign="for", later=True),
    Template("societe_pied_colonnes", "firm", "foot", f"to:r date:r ref:l their {_END}", ("long", "slashed", "short_year"), to=("plain", "attn"), sign="of", footer=True, later=True),
    Template("societe_marge", "firm", "margin", f"date:r to:r ref:l their {_END}", ("long", "dotted"), subjects=("Objet :", "Concerne :"), to=("plain", "attn"), later=True),
    Template("filiale", "firm", "branch", f"ref:l date:l to:r {_END}", ("short_month", "long"), to=("plain", "attn"), sign="of", footer=True, later=True),
    Template("association_signature", "group", "none", "date:r to:r subject greeting body close sign", ("long", "slashed", "tight_slashes"), to=("a_line", "a_inline"), sign="for", later=True),
    Template("groupement_recepisse", "group", "receipt", f"ref:l to:r date:r {_END}", ("long", "in_dots"), sign="for", later=True),
    Template("citoyen_pied", "citizen", "foot_person", "date:r to:r subject greeting body close sign", ("long", "slashed", "spelt"), to=("a_line", "plain"), sign="contacts", later=True),
    # Never looked at while tuning.
    Template("ministere_bandeau", "state", "nation_left", f"date:r ref:l their to:r {_END} copies", ("stamped", "in_dots", "long"), refs=("N°", "Lettre N°", "/N°"), held=True),
    Template("ministere_encadre", "state", "boxed", f"ref:r date:r their to:l {_END}", ("long", "dotted", "capitals"), subjects=("Objet :", "O B J E T :", "Concerne :"), held=True),
    Template("inspection_ecole", "agency", "chain_left", f"to:r via date:r ref:l {_END}", ("padded", "spelt", "slashed"), subjects=("OBJET :", "Objet :"), held=True),
    Template("agence_deux_logos", "agency", "two_logos", f"ref:l their|date:r to:r {_END}", ("short_month", "long", "iso"), refs=("N/Réf :", "Ref. N°"), footer=True, held=True),
    Template("societe_bandeau", "firm", "banner", f"ref:l date:l their to:r {_END}", ("spaced", "two_digits", "long"), refs=("N/REF :", "Notre référence :", "REF :"), theirs=("V/REF :", "Votre référence :"), subjects=("CONCERNE :", "Objet :"), to=("attn", "plain"), footer=True, held=True),
    Template("societe_pied_droite", "firm", "logo_only", f"date:r to:l ref:l {_END}", ("short_year", "long", "dashes"), subjects=("Concerne :", "Objet :"), to=("plain",), footer=True, held=True),
    Template("union_groupes", "group", "right_block", "ref:l to:l date:r subject pj greeting body close sign copies", ("tight_slashes", "long"), held=True),
    Template("citoyen_droite", "citizen", "person_right", f"to:l date:r {_END}", ("in_dots", "long", "spelt"), to=("a_line", "a_inline"), held=True),
    Template("citoyen_fin", "citizen", "named_block", "to:r subject greeting body close dateline sign", ("long", "slashed"), "fait", held=True),
    Template("mission_anglaise", "english", "centred", "ref:l date:r their to:l subject greeting body close sign", ("english_day", "english"), "bare", refs=("Our Reference:", "Ref:"), theirs=("Your Reference:", "Your Ref:"), subjects=("SUBJECT:", "Re:"), to=("plain",), footer=True, held=True),
)  # fmt: skip
TUNING = tuple(one for one in TEMPLATES if not one.held and not one.later)
LATER = tuple(one for one in TEMPLATES if one.later)
HELD_OUT = tuple(one for one in TEMPLATES if one.held)

"""What varied letters are made of, each list cut in two: what tuning sees, and what only the held-out letters use."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from ged.mail.french_dates import plain

Kept = TypeVar("Kept")

FIRST = (
    "Afi", "Kodjo", "Essi", "Mawuli", "Abla", "Yao", "Akouvi", "Komlan", "Sénamé", "Dédé", "Koffi", "Ama", "Édem",
    "Bernadette", "Gérard", "Héloïse", "Jean-Pierre", "Marie Claire", "Kokou Mensah", "Essowè", "Abdoulaye", "Pyabalo",
    "Kafui", "Têvi", "Nicaise", "Rachidatou", "Zakari", "Wiyao", "Farida", "Ludovic", "Yawa Délali", "N'Gbongou",
)  # fmt: skip
LAST = (
    "ADJOVI", "AGBÉKO", "TCHALLA", "KPODAR", "BAWA", "NASSIROU", "LAWSON", "AMÉGAN", "OURO-AGORO", "PILANTE", "DOGBÉ",
    "EKOUÉ", "d'ALMEIDA", "AYÉVA", "BODJONA", "TETTEH-KPONVI", "GNASSÉ", "HODABALO", "KOUDJO", "MENSAH", "SIMLIYA",
    "FOLLY", "SOSSOU", "TCHASSAMA", "AMEGNIGAN", "BLITTI", "NAPO-KOURA", "de SOUZA", "WALLA", "ZINSOU",
)  # fmt: skip
PLACES = (
    "Lomé", "Kara", "Sokodé", "Atakpamé", "Kpalimé", "Dapaong", "Tsévié", "Aného", "Bassar", "Notsè",
    "Mango", "Tabligbo", "Badou", "Niamtougou", "Vogan", "Accra", "Cotonou", "Sotouboua",
)  # fmt: skip
QUARTERS = (
    "Agoè-Assiyéyé", "Bè-Kpota", "Tokoin Hôpital", "Adidogomé", "Nyékonakpoè", "Hédzranawoé", "Baguida",
    "Kodjoviakopé", "Quartier administratif", "Djidjolé", "Légbassito", "Amoutivé", "Cassablanca",
)  # fmt: skip
MINISTRIES = (
    ("Ministère de l'Économie et des Finances", "MEF"),
    ("Ministère de l'Environnement et des Ressources forestières", "MERF"),
    ("Ministère de l'Urbanisme, de l'Habitat et de la Réforme foncière", "MUHRF"),
    ("Ministère des Travaux publics", "MTP"),
    ("Ministère de la Fonction publique, du Travail et du Dialogue social", "MFPTDS"),
    ("Ministère de la Santé et de l'Hygiène publique", "MSHP"),
    ("Ministère de l'Eau et de l'Hydraulique villageoise", "MEHV"),
    ("Ministère des Enseignements primaire et secondaire", "MEPS"),
    ("Primature", "PM"),
    ("Ministère de la Sécurité et de la Protection civile", "MSPC"),
    ("Ministère du Commerce, de l'Industrie et de la Consommation locale", "MCICL"),
    ("Ministère de l'Administration territoriale", "MAT"),
    ("Présidence de la République", "PR"),
)
UNITS = (
    "Secrétariat général", "Cabinet", "Direction du Budget", "Direction de l'Environnement", "Direction des Routes",
    "Direction des Ressources humaines", "Direction générale des Infrastructures", "Direction des Affaires financières",
    "Direction du Cadastre", "Inspection générale", "Direction de la Planification et du Suivi-évaluation",
    "Direction générale des Impôts", "Cellule de gestion des marchés publics", "Division du Courrier et des Archives",
    "Direction des Affaires juridiques et du Contentieux", "Commissariat des Douanes", "Direction régionale Maritime",
)  # fmt: skip
OVER = (
    ("Secrétariat général",), ("Cabinet",), ("Direction générale",), ("Secrétariat général", "Direction générale"),
    ("Direction générale des Services techniques",),
)  # fmt: skip
"""What stands in a letterhead between a ministry and the unit that writes."""
AGENCIES = (
    "Autorité de régulation du secteur de l'électricité", "Agence nationale de la métrologie", "Cour des comptes",
    "Office des carrières et granulats", "Caisse nationale de retraite", "Université de {place}",
    "Agence d'électrification rurale", "Chambre consulaire de {place}", "Mairie de {place} 1", "Commune de {place} 2",
    "Préfecture de {place}", "Institut de la statistique", "Hôpital régional de {place}", "Port autonome d'Exemple",
    "Haute Autorité des marchés", "Centre national de recherche minière", "Tribunal de grande instance de {place}",
)  # fmt: skip
FIRM_FORMS = ("Société {}", "Établissements {}", "Compagnie {}", "{} SARL", "{} SA", "Groupe {}", "Cabinet {}", "ETS {}", "{} SAS", "Entreprise {}", "Bureau d'études {}", "{} & Fils")  # fmt: skip
FIRM_NAMES = (
    "Bâtir-Plus", "Soleil du Golfe", "des Carrières du Mono", "Horizon", "SOTRAVAUX", "Énergie Verte", "Zio Transit",
    "Les Granulats de l'Est", "Hydro-Forage", "Lumatec", "Kéran Mines", "West Power Solutions", "Ciments du Plateau",
    "Kabou Minerals", "Nord-Électricité", "Oti Logistique", "Audit & Conseil Réunis", "Marbre d'Agou",
)  # fmt: skip
GROUPS = (
    "Association des riverains de {quarter}", "Collectif des usagers de {quarter}", "ONG Lumière pour tous",
    "Groupement des producteurs de {place}", "Comité de développement de {quarter}", "Église évangélique de {place}",
    "Syndicat des transporteurs du Zio", "Fédération des artisans miniers", "Coopérative des femmes de {place}",
    "Croix d'entraide de {place}", "Réseau des jeunes ingénieurs", "Union des chefs traditionnels de {place}",
)  # fmt: skip
ABROAD = (
    "Ambassade de la République d'Exemple", "Embassy of Samplia", "Délégation de l'Union régionale",
    "Haut-Commissariat de Modélie", "Consulat général de Samplia", "Programme des Nations d'Exemple",
)  # fmt: skip
OFFICES = (
    ("Monsieur le Ministre", ("des Mines et de l'Énergie",)),
    ("Madame la Ministre", ("Ministère des Mines et de l'Énergie",)),
    ("Monsieur le Ministre des Mines et des Ressources énergétiques", ()),
    ("Monsieur le Secrétaire général", ("du Ministère des Mines et de l'Énergie",)),
    ("Monsieur le Directeur général des Mines et de la Géologie", ()),
    ("Madame la Directrice générale de l'Énergie", ()),
    ("Son Excellence Monsieur le Ministre", ("chargé des Mines",)),
    ("Monsieur le Directeur de Cabinet", ("Ministère des Mines et de l'Énergie",)),
    ("Mesdames et Messieurs les Directeurs centraux", ()),
    ("Monsieur le Gérant", ("Société Bâtir-Plus",)),
    ("Monsieur Koffi MENSAH", ()),
    ("Madame la Personne responsable des marchés publics", ("Ministère des Mines",)),
    ("Monsieur le Préfet de Zio", ()),
)
ENGLISH_OFFICES = (
    ("The Honourable Minister", ("Ministry of Mines and Energy",)),
    ("The Director General", ("Directorate of Mines and Geology",)),
    ("The Secretary General", ("Ministry of Mines and Energy",)),
    ("The Managing Director", ("Kabou Minerals Ltd",)),
)
FUNCTIONS = (
    "Le Directeur général", "La Directrice", "Le Secrétaire général", "Le Président", "Le Gérant", "Le Maire",
    "LE MINISTRE", "Le Directeur de Cabinet", "La Présidente du Conseil d'administration", "Le Chef de division",
    "L'Administrateur", "Pour le Ministre et par délégation,", "Le Préfet", "La Secrétaire exécutive", "LE COMMISSAIRE",
)  # fmt: skip
PIECES = (
    "une copie de la carte d'identité", "le plan de situation", "l'attestation de régularité fiscale",
    "un devis estimatif", "le procès-verbal de réunion", "trois exemplaires du contrat signé", "la facture pro forma",
    "le rapport d'étude", "un relevé d'identité bancaire", "la liste des participants", "le chronogramme",
)  # fmt: skip
ASIDES = (
    "Cette demande s'inscrit dans la loi n° 2008-006 du 11 juin 2008 relative à l'environnement.",
    "Elle fait suite à notre correspondance n° 0456/2025 du 3 novembre 2025, restée sans réponse.",
    "La réunion se tiendra le 24 septembre 2026 à 9 heures dans la salle de conférences de notre siège.",
    "Le décret n° 2019-021 du 13 février 2019 en fixe les conditions.",
    "Notre compte n° TG420804208 est ouvert dans les livres de la banque.",
    "Toutefois, l'avis préalable du contrôleur financier demeure requis.",
    "M. Komi TCHALLA, notre responsable technique, se tient à votre disposition.",
    "Les travaux ont débuté le 15/01/2026 et se poursuivent sans incident.",
)


class Stock:
    """Draws from the half of each list that a letter may use."""

    def __init__(self, seed: int, *, unseen: bool) -> None:
        self.r = random.Random(seed)
        self.unseen = unseen

    def one(self, pool: Sequence[Kept]) -> Kept:
        """Return one of the last third of a list for an unseen letter, else one of the rest."""
        cut = max(1, len(pool) * 2 // 3)
        return self.r.choice(pool[cut:] if self.unseen and len(pool) > cut else pool[:cut])

    def name(self) -> str:
        """Return the name of an invented person."""
        first, last = self.one(FIRST), self.one(LAST)
        return self.r.choice((f"{first} {last}", f"{first} {last}", f"{last} {first}", f"{first} {last.title()}"))

    def placed(self, text: str) -> str:
        """Return a name with its place and its quarter."""
        return text.format(place=self.one(PLACES), quarter=self.one(QUARTERS))

    def firm(self) -> str:
        """Return the name of an invented firm."""
        return self.one(FIRM_FORMS).format(self.one(FIRM_NAMES))

    def phone(self) -> str:
        """Return a telephone number, in one of the ways they are printed."""
        pairs = [f"{self.r.choice((22, 90, 91, 70, 99, 93))}", *(f"{self.r.randrange(100):02d}" for _ in range(3))]
        return self.r.choice(("", "", "(228) ", "+228 ", "00228 ")) + self.r.choice((" ", " ", ".", "-", "")).join(
            pairs
        )

    def email(self, name: str) -> str:
        """Return an address of electronic mail for a name."""
        words = ["".join(c for c in plain(word) if c.isalnum()) for word in name.split()]
        stem = "".join(word[:7] for word in words if len(word) > 2)[:16] or "contact"
        return f"{self.r.choice(('contact', 'info', 'secretariat', stem))}@{stem}.{self.r.choice(('tg', 'com', 'org'))}"


def initials(name: str) -> str:
    """Return the capitals that stand for a name in references."""
    small = {"de", "du", "des", "la", "le", "les", "et", "d", "l"}
    words = name.replace("-", " ").replace("'", " ").split()
    return "".join(word[0].upper() for word in words if word.lower() not in small and word[0].isalnum())[:5] or "X"

"""`ged ship`: inscribe the journal in its log."""

from __future__ import annotations

import typer

from api.config import read_settings
from api.terminal import out
from ged.clock import system_clock
from ged.seal.log_rotation import rotate_log
from ged.store.rights import SHIP, WEB, statements

journal = typer.Typer(help="Journal des actes : inscription, droits dans la base.", no_args_is_help=True)


def ship() -> None:
    """Inscrit le journal des actes dans son registre infalsifiable, jusqu'à l'arrêt."""
    from api.shipping import run_shipper  # noqa: PLC0415
    from api.supervisor import told_to_stop  # noqa: PLC0415

    with told_to_stop() as stop:
        run_shipper(read_settings(), stop)


@journal.command("rotate")
def rotate() -> None:
    """Change la clé du journal des actes, sous le compte qui l'inscrit ; rien n'est à redémarrer."""
    from api.shipping import journal_keeper  # noqa: PLC0415

    key, ledger = journal_keeper(read_settings())
    # The shipper's role cannot write in the journal: the succession, dated and signed by both keys, is the record.
    made = rotate_log(key, ledger, lambda _: None, system_clock)
    out.print(f"En vigueur, sans redémarrer : {made}", highlight=False, markup=False, soft_wrap=True)


@journal.command("rights")
def rights(web: str = WEB, ship: str = SHIP) -> None:
    """Écrit le SQL qui donne leurs droits au rôle des pages et à celui de l'inscription, une fois les deux créés."""
    for each in statements(web, ship):
        out.print(f"{each};", highlight=False, markup=False, soft_wrap=True)

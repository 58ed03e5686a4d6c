"""Who runs the site: said in the first line and at the foot of every page, read from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Operator:
    """The office that answers for a site, and the numbers under which the site is on record; "" where not given.

    Parameters
    ----------
    name
        主办单位.
    contact
        How residents reach it about their personal data.
    telephone, office, hours
        Where and when one finds somebody.
    filing, police, code
        备案编号, 公安备案编号 and 网站标识码, as the foot of the page bears them.
    """

    name: str = ""
    contact: str = ""
    telephone: str = ""
    office: str = ""
    hours: str = ""
    filing: str = ""
    police: str = ""
    code: str = ""


def operator_from(environ: Mapping[str, str]) -> Operator:
    """Read who runs the site: `LINLI_ORGANISER` and its neighbours in the table of `linli.web.settings`."""
    names = {
        "name": "ORGANISER", "contact": "CONTACT", "telephone": "TELEPHONE", "office": "OFFICE", "hours": "HOURS",
        "filing": "FILING", "police": "POLICE_FILING", "code": "SITE_CODE",
    }  # fmt: skip
    return Operator(**{field: environ.get(f"LINLI_{name}", "").strip() for field, name in names.items()})

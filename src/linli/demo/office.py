"""Who runs the demo's site: an invented office with invented numbers, each of which says so."""

from __future__ import annotations

OFFICE = {
    "LINLI_ORGANISER": "云川区铜源街道办事处（演示）",
    "LINLI_CONTACT": "铜源街道党政综合办公室（演示），0000-6120301",
    "LINLI_TELEPHONE": "0000-6120301",
    "LINLI_OFFICE": "云川区市府街26号（演示）",
    "LINLI_HOURS": "周一至周五 8:30–12:00，14:00–17:30",
    "LINLI_FILING": "演ICP备00000000号-1",
    "LINLI_POLICE_FILING": "演公网安备00000000000000号",
    "LINLI_SITE_CODE": "5399010001",
}

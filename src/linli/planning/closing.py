"""What closes a paper: the newest checkpoint of the public ledger, by which a reader can find later tampering."""

from __future__ import annotations

from linli.ledger.checkpoints import printed
from linli.plans.sections import Section
from linli.written import chinese_day


def closing() -> list[Section]:
    """Return the section that tells the newest checkpoint; nothing while the ledger holds no entry."""
    told = printed()
    if told is None:
        return []
    head = f"截至{chinese_day(told.day)}，台账“{told.origin}”共{told.size}条，根值为{told.root}，签名公钥为{told.key}。"
    use = "凭本检查点可以查验此前各条事后有无增删改；检查点和查验程序可在公开台账页下载。"
    return [Section("台账检查点", ("本站办理过程记入只增不改的台账。" + head + use,))]

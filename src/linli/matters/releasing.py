"""The words by which a clerk begins when he lets the public read of a matter: the reporter's own, nobody named."""

from __future__ import annotations

import re

MOST_RELEASED = 500
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石"
    "金韦贾夏付傅邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺顾毛郝龚邵万覃武钱戴严莫孔汤常温康施牛樊葛邢安齐易乔庞颜庄聂章鲁岳翟申"
)
ASCII_FIGURES = str.maketrans("０１２３４５６７８９", "0123456789")
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
WHO = "我叫|名叫|我是|本人|姓名|联系人|业主|户主|邻居"
TITLES = "先生|女士|小姐|师傅|大爷|大妈|大叔|大姐|大哥|阿姨|叔叔|奶奶|爷爷|婆婆|老师|医生|老板|同志"
RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "（证件号略）"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII), "（邮箱略）"),
    (re.compile(r"(微信|[QqＱ][QqＱ]|[Vv][Xx])号?(?:是|为)?[:：]?\s*[A-Za-z0-9_-]{5,}"), r"\1（略）"),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), "（电话略）"),
    (re.compile(r"(?<!\d)(?:0\d{2,3}[- ]?)?[2-8]\d{6,7}(?!\d)"), "（电话略）"),
    (re.compile(rf"[{PROVINCES}][A-Z][·・ ]?[A-Z0-9]{{5,6}}"), "（车牌略）"),
    (re.compile(r"(\d{1,3}[-－]\d{1,2})[-－]\d{3,4}(?!\d)"), r"\1-某户"),
    (re.compile(r"(单元|栋|幢|座|号楼)[-－\s]?\d{3,4}(?:号房|室|房|号)?(?![\d年月米元个户辆])"), r"\1某户"),
    (re.compile(r"(?<!\d)\d{3,4}\s*(?:号房|室|房)(?![型外])"), "某户"),
    (re.compile(rf"({WHO})([:：]?\s*)([{SURNAMES}])[一-鿿]{{1,2}}(?=$|[^一-鿿]|电话|手机|住|家)"), r"\1\2\3某"),
    (re.compile(rf"([{SURNAMES}])[一-鿿]{{0,2}}?(?:{TITLES})"), r"\1某"),
)  # fmt: skip


def proposed(text: str) -> str:
    """Return a text with names, telephones, identity, car and door numbers left out, as far as they can be told.

    A clerk reads it before anybody else does: what a rule cannot tell he takes out.
    """
    said = text.strip().translate(ASCII_FIGURES)
    for pattern, instead in RULES:
        said = pattern.sub(instead, said)
    return said[:MOST_RELEASED]

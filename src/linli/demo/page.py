"""The one page that tells the demo: plain HTML, no script, pictures inside, every figure computed."""

from __future__ import annotations

import base64
from html import escape

from linli import __version__
from linli.demo.markup import (
    Both,
    Link,
    Mark,
    chinese_number,
    file_size,
    gap_words,
    number,
    percent,
    table,
    with_chinese_marks,
)
from linli.demo.names import DISTRICT, NOTE, STREET
from linli.demo.page_style import STYLE
from linli.demo.story import CHOSEN, COUNT, KEPT, Option, Story
from linli.districting.result import Proof
from linli.drawing.webfont import with_font
from linli.geodata import COUNT_COLUMNS, Blocks, file_hash, replace_when_done
from linli.plans.measures import under_each_count
from linli.plans.names import community_words
from linli.plans.rules import KIND_WORDS
from linli.plans.task import count_words, names_in

MAP_NOTE = "示意图，不作为划界依据"
STATUS = {"proven": "已证明最优", "feasible": "可行，未证明最优", "infeasible": "不可行", "unknown": "未找到"}
STATES = {"ok": "通过", "notice": "注意", "fault": "有误"}
METHODS = {
    "planar-dual": "平面对偶法",
    "hess": "整数规划（Hess）",
    "cut-mip": "整数规划（割）",
    "heuristic": "启发式",
    "arithmetic": "算术（不变的界线）",
}


def write_page(story: Story) -> None:
    """Write `index.html` into the story's folder."""
    sections = [
        ("checkup", "一、体检", "Check-up", _checkup(story)),
        ("ground", "二、从图层到地块", "From layers to blocks", _ground(story)),
        ("plan", "三、方案", "The plan", _plan(story)),
        ("options", "四、比选", "Alternatives", _options(story)),
        ("counts", "五、换一种口径", "Under another count", _counts(story)),
        ("words", "六、四至与管辖", "In the words approvers expect", _words(story)),
        ("move", "七、如果改动一处", "What if a block moved", _move(story)),
        ("proof", "八、规则、证明与核验", "Rules, proof, verification", _proof(story)),
        ("files", "九、文件", "Files", _files(story)),
    ]
    links = "".join(f'<li><a href="#{key}">{title}</a></li>' for key, title, _, _ in sections)
    body = "".join(
        f'<section id="{key}"><h2>{title} <span lang="en">{english}</span></h2>{inner}</section>'
        for key, title, english, inner in sections
    )
    title = f"{STREET}\uff1a{chinese_number(len(KEPT))}个大型社区调整为{chinese_number(len(story.plan.names))}个"
    page = (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        '<a class="skip" href="#main">跳到正文</a><div class="page">'
        f'<header><p class="kicker">{NOTE} <span lang="en">Synthetic data: no real place, no real person</span></p>'
        f"<h1>{escape(title)}</h1>"
        '<p lang="en">Over-large communities, divided by Linli: streets in, a proven and verified plan out</p>'
        f"{_picture(story, 'town', '演示街道的原始图层:道路、河流、铁路、围墙、房屋与三个现社区', 'The raw layers')}"
        f"{_facts(story)}<nav aria-label='目录'><ol>{links}</ol></nav></header>"
        f'<main id="main">{body}</main>{_footer(story)}</div></body></html>\n'
    )
    with replace_when_done(story.index) as temporary:
        temporary.write_text(with_font(with_chinese_marks(page)), encoding="utf-8")


def _facts(story: Story) -> str:
    plan, measured = story.plan, story.plan.measures()
    counts = [c.count for c in plan.communities]
    total = sum(counts)
    passed = sum(finding.state == "ok" for finding in story.verification.findings)
    facts = [
        (f"{len(story.checkups)} → {len(counts)}", "个社区", "communities"),
        (f"{min(counts):,}–{max(counts):,}", f"户一个社区（{count_words(plan.count)}）", "households each"),
        (STATUS[plan.status], f"新界线的价，{gap_words(plan.gap)}", "optimality"),
        (percent(measured["reliance"]), "界线依托率（沿河流、道路、铁路、围墙）", "of lines follow something"),
        (
            f"{measured['continuity']:,}",
            f"户社区名称不变（{percent(measured['continuity'] / total)}）",
            "keep their name",
        ),
        (f"{passed} 项通过", f"独立核验，{len(story.verification.faults)}项有误", "independent recheck"),
    ]
    rows = "".join(
        f'<div><dt>{escape(about)}<br><span lang="en">{english}</span></dt><dd>{escape(value)}</dd></div>'
        for value, about, english in facts
    )
    return f'<dl class="facts">{rows}</dl>'


def _checkup(story: Story) -> str:
    norm = story.plan.rules.standard()
    limit = norm.split_above
    a_hundred = norm.norms["floor_m2_per_100_households"]
    flagged = [c for c in story.checkups if c.flagged]
    rows = []
    for c in story.checkups:
        have, need = story.centres.get(c.name, 0), c.count / 100 * a_hundred
        rows.append(
            (
                community_words(c.name),
                *(f"{c.counts[column]:,}" for column in COUNT_COLUMNS),
                c.grade,
                Mark("需拆分") if c.flagged else "正常",
                f"{have:,}",
                f"{need:,.0f}",
                Mark(f"{need - have:,.0f}") if need > have else "0",
            )
        )
    totals = [sum(c.counts[column] for c in story.checkups) for column in COUNT_COLUMNS]
    floors = sum(story.centres.values()), sum(c.count for c in story.checkups) / 100 * a_hundred
    foot = (
        "合计",
        *(f"{n:,}" for n in totals),
        "",
        "",
        f"{floors[0]:,}",
        f"{floors[1]:,.0f}",
        f"{floors[1] - floors[0]:,.0f}",
    )
    found = table(
        "现社区规模与服务用房",
        "Present communities: five counts, service floor space",
        ("社区", *COUNT_COLUMNS.values(), "等级", "判断", "服务用房 ㎡", f"应有 ㎡（{a_hundred}㎡/百户）", "缺口 ㎡"),
        rows,
        foot=foot,
        numbers=(1, 2, 3, 4, 5, 8, 9, 10),
    )
    said = (
        f"{escape(norm.title)}：{escape(norm.clause)}。按{count_words(COUNT)}，{len(flagged)}个社区超过{limit:,}户。"
        f"“户”有多种口径：五种都记在每栋房屋上，本页每个数都写明用哪一种。"
    )
    spread = "".join(
        f"<li>{community_words(c.name)}:{'、'.join(escape(reason) for reason in c.reasons)}。</li>"
        for c in story.checkups
    )
    return f"<p>{said}</p>{found}<ul>{spread}</ul>"


def _ground(story: Story) -> str:
    report, blocks = story.blocks.report, story.blocks
    notes = report.get("notes", [])
    said = "".join(
        f'<li>{escape(note["zh"])} <span lang="en">{escape(note["en"])}</span></li>'
        for note in (notes if isinstance(notes, list) else [])
    )
    of_kind = {kind: blocks.lines.kind == kind for kind in KIND_WORDS}
    metres = blocks.lines.length_m
    kinds = [
        (KIND_WORDS[kind], f"{int(rows.sum()):,}", f"{metres[rows].sum() / 1000:,.1f}")
        for kind, rows in of_kind.items()
        if rows.any()
    ]
    present = blocks.columns["community"]
    each = "、".join(f"{community_words(name)}{int((present == name).sum())}个" for name in KEPT)
    pairs = len({(int(a), int(b)) for a, b in zip(blocks.lines.a, blocks.lines.b, strict=True)})
    found = table(
        "相邻地块之间的界线",
        "What runs between neighbouring blocks",
        ("依托", "段", "千米"),
        kinds,
        numbers=(1, 2),
    )
    return (
        f"<p>地块由道路、河流、铁路、围墙围成{_whole(blocks)}。共{len(blocks):,}个地块（{each}），{pairs:,}对相邻地块。"
        f"导入时遇到并处理的问题，一一列明：</p><ul>{said}</ul>"
        f"{_picture(story, 'blocks', '地块图:每个地块的户籍户数与界线种类', 'Blocks and what divides them')}{found}"
    )


def _whole(blocks: Blocks) -> str:
    """Say how many compounds lie in one block, where blocks name compounds."""
    homes: dict[str, int] = {}
    for said in blocks.texts("compound") if "compound" in blocks.columns else ():
        for name in names_in(said):
            homes[name] = homes.get(name, 0) + 1
    whole = sum(number == 1 for number in homes.values())
    if not homes or whole == len(homes):
        return "，住宅小区不拆开" if homes else ""
    return f"，{len(homes)}个住宅小区中{whole}个各在一个地块内"


def _plan(story: Story) -> str:
    plan = story.plan
    local, statutory = plan.rules.standard(), plan.rules.statutory()
    floor = plan.blocks.columns["service_floor_m2"]
    rows = []
    for c in plan.communities:
        have = float(floor[plan.community == c.name].sum())
        short = c.staffing.floor_needed_m2 - have
        rows.append(
            (
                community_words(c.name),
                community_words(c.parent),
                "保留" if c.kept else "新设",
                *(f"{c.sums[column]:,}" for column in COUNT_COLUMNS),
                statutory.standing(c.count),
                local.standing(c.count),
                f"{have:,.0f}",
                Mark(f"{short:,.0f}") if short > 0 else "0",
                "" if c.staffing.workers is None else str(c.staffing.workers),
            )
        )
    workers = sum(c.staffing.workers or 0 for c in plan.communities)
    foot = (
        "合计",
        "",
        "",
        *(f"{sum(c.sums[k] for c in plan.communities):,}" for k in COUNT_COLUMNS),
        "",
        "",
        f"{floor.sum():,.0f}",
        "",
        str(workers),
    )
    found = table(
        f"调整后的{len(rows)}个社区",
        "After the change",
        (
            "社区",
            "来自",
            "",
            *COUNT_COLUMNS.values(),
            _band(statutory),
            _band(local),
            "服务用房 ㎡",
            "缺口 ㎡",
            "社区工作者（应配）",
        ),
        rows,
        foot=foot,
        numbers=(3, 4, 5, 6, 7, 10, 11, 12),
    )
    measured = plan.measures()
    lengths = measured["cut_length_by_kind"]
    total = sum(lengths.values())
    lines = table(
        "社区之间的界线走在何处",
        "What the lines between communities follow",
        ("依托", "米", "占比"),
        [(KIND_WORDS[k], f"{lengths[k]:,.0f}", percent(lengths[k] / total)) for k in KIND_WORDS if lengths.get(k)],
        foot=("合计", f"{total:,.0f}", percent(1.0)),
        numbers=(1, 2),
    )
    return (
        f"<p>{escape(plan.headline())}。</p>"
        f"{_picture(story, 'plan', '调整前后对照图', 'Before and after')}{found}"
        f"{_picture(story, 'sizes', '各社区规模与两个标准', 'Sizes against both standards')}{lines}"
    )


def _options(story: Story) -> str:
    rows, classes = [], []
    for option in story.options:
        rows.append(_option_row(option))
        classes.append("chosen" if option.letter == CHOSEN else "")
    found = table(
        f"{len(rows)}个方案比选（{story.blocks.note_of(COUNT).words()}；各{len(story.plan.names)}个社区）",
        "Alternatives under their own rules and goals",
        (
            "方案",
            "要求",
            "界限 户",
            "结果",
            "最少–最多 户",
            "界线 千米",
            "依托率",
            "紧凑度",
            "名称不变 户",
            "平均步行 米",
            "缺设施 处",
            "计算 秒",
        ),
        rows,
        classes=classes,
        numbers=(2, 4, 5, 6, 7, 8, 9, 10, 11),
    )
    clashes = "".join(
        f"<p>方案{option.letter}不可行，互相矛盾的最少几条规则是：{escape('；'.join(option.result.clash))}。</p>"
        for option in story.options
        if option.result is not None and option.result.status == "infeasible"
    )
    reason = [c for c in story.plan.communities if c.needs_reason]
    said = (
        f"采用方案{CHOSEN}：同时在国家法一般规模与本区标准之内"
        + ("" if reason else ",没有一个社区需要说明理由")
        + ",界线多沿河流与主干道。同一输入、同一随机种子，结果相同。"
    )
    return f"<p>{said}</p>{found}{clashes}"


def _option_row(option: Option) -> tuple[str | Mark, ...]:
    result = option.result
    low, high = option.band
    start = (f"{option.letter}{'(采用)' if option.letter == CHOSEN else ''}", f"{option.chinese}", f"{low:,}–{high:,}")
    if result is None or result.best is None:
        status = "unknown" if result is None else result.status
        return (*start, Mark(STATUS[status]), *[""] * 7, "" if result is None else f"{result.cpu_seconds:.1f}")
    counts = [c.count for c in result.best.communities]
    m = result.best.measures()
    return (
        *start,
        STATUS[result.status],
        f"{min(counts):,}–{max(counts):,}",
        f"{m['cut_length_m'] / 1000:.2f}",
        percent(m["reliance"]),
        f"{m['polsby_popper']:.2f}",
        f"{m['continuity']:,}",
        "" if m["access"] is None else f"{m['access']:.0f}",
        str(m["facilities"]),
        f"{result.cpu_seconds:.1f}",
    )


def _counts(story: Story) -> str:
    plan = story.plan
    low, high = plan.rules.households
    rows = [
        (
            row["name"],
            f"{row['total']:,}",
            "成立" if row["holds"] else Mark("不成立"),
            "、".join(f"{community_words(name)}{count:,}户" for name, count in row["outside"].items()),
        )
        for row in plan.counts_held()
    ]
    found = table(
        f"每个社区{low:,}至{high:,}户，按各口径是否成立",
        "Does the plan hold under each counting definition?",
        ("口径", "合计", "是否成立", "不成立的社区"),
        rows,
        numbers=(1,),
    )
    wide = plan.rules.standard().households
    said = ""
    if wide is not None and wide != (low, high):
        under = under_each_count(plan.blocks, plan.community.astype(str), plan.rules.but(households=wide))
        held = [row["name"] for row in under if row["holds"]]
        said = f"<p>按本区标准{wide[0]:,}至{wide[1]:,}户，{'、'.join(held) or '没有一种口径'}下成立。</p>"
    return found + said


def _words(story: Story) -> str:
    articles = []
    for c in story.plan.communities:
        name, _, rest = c.text.partition("  ")
        articles.append(f"<article><h3>{escape(name)}</h3><p>{escape(rest)}</p></article>")
    return f'<div class="words">{"".join(articles)}</div>'


def _move(story: Story) -> str:
    if story.what_if is None:
        return "<p>没有一处改动能使相邻而亲近的院落并到一起又不违反规则。</p>"
    said = "".join(f"<li>{escape(sentence)}</li>" for sentence in story.what_if.sentences)
    return (
        "<p>居民问卷里最愿意“算作一片”、却被新界线分开的相邻院落，若并到一处（规则仍然成立），会改变什么：</p>"
        f"<ul>{said}</ul>"
    )


def _proof(story: Story) -> str:
    plan = story.plan
    rules = table(
        "本方案遵守的规则", "Rules kept", ("代码", "规则"), plan.rules.in_words(count_words(plan.count)), numbers=()
    )
    proof = plan.proof
    pieces = "" if proof is None else _pieces(proof)
    claim = "" if proof is None else f'<p lang="en">{escape(proof.claim)}</p>'
    findings = table(
        "独立核验：只凭地块文件与方案文件重算",
        "Recheck by code that shares nothing with the solvers",
        ("结果", "说明"),
        [
            (
                Mark(STATES[f.state]) if f.state == "fault" else STATES[f.state],
                Both(f.chinese, f.english),
            )
            for f in story.verification.findings
        ],
    )
    verdict, english = story.verification.verdict()
    return (
        f"<p>{STATUS[plan.status]}：目标值 {number(plan.objective)}，下界 {number(plan.bound)}，{gap_words(plan.gap)}。"
        f"价是每米界线的相对分量，尚未校准。</p>{claim}{pieces}{rules}"
        f'<p><strong>{escape(verdict)}</strong> <span lang="en">{escape(english)}</span></p>{findings}'
    )


def _pieces(proof: Proof) -> str:
    parts = proof.pieces or (proof,)
    rows = [
        (
            str(k),
            METHODS.get(p.method, p.method),
            number(p.objective),
            number(p.bound),
            f"{sum(p.counters.values()):,}",
        )
        for k, p in enumerate(parts, 1)
    ]
    return table(
        "逐片证明（规则使各片互不相干，目标与下界可相加）",
        "Proof piece by piece",
        ("片", "方法", "目标值", "下界", "搜索步数"),
        rows,
        foot=("合计", "", number(proof.objective), number(proof.bound), "") if len(rows) > 1 else (),
        numbers=(2, 3, 4),
    )


FILES = {
    "blocks.gpkg": "地块、界线、边缘、导入报告",
    "plan.gpkg": "方案：归属、社区、元数据、封签",
    "plan.pdf": "调整前后对照图（打印用）",
    "plan.png": "调整前后对照图",
    "report.html": "方案文本（网页）",
    "report.md": "方案文本（Markdown）",
    "report.txt": "方案文本（纯文字）",
    "verification.json": "核验结果",
}


def _files(story: Story) -> str:
    rows: list[tuple[str | Mark | Both | Link, ...]] = [
        (Link(name, name), about, file_size((story.folder / name).stat().st_size)) for name, about in FILES.items()
    ]
    raw = sorted(story.district.paths.values())
    names = "、".join(path.name for path in raw)
    rows.append((Link("data/", "data/"), f"原始图层与表：{names}", file_size(sum(path.stat().st_size for path in raw))))
    found = table("本文件夹", "This folder", ("文件", "内容", "大小"), rows, numbers=(2,))
    low, high = story.plan.rules.households
    commands = "\n".join(
        [
            f"linli split blocks.gpkg --count {COUNT} --min {low} --max {high} --parts {len(story.plan.names)} \\",
            "    --keep-whole compound --keep community --never-cross community -o again.gpkg",
            "linli verify plan.gpkg --blocks blocks.gpkg",
            "linli draw plan.gpkg --blocks blocks.gpkg --before -o plan.svg",
        ]
    )
    again = '<p>自己再做一遍：<span lang="en">Do it again yourself:</span></p>'
    return f"{found}{again}<pre><code>{escape(commands)}</code></pre>"


def _footer(story: Story) -> str:
    digest = file_hash(story.folder / "blocks.gpkg")
    seconds = sum(story.seconds.values())
    return (
        f"<footer><p>{MAP_NOTE}。{NOTE}。{DISTRICT}{STREET}，随机种子 {story.district.seed}。"
        f"Linli {__version__}；地块文件 SHA-256 <code>{digest}</code>;从图层到本页用时 {seconds:.0f} 秒。</p>"
        '<p lang="en">Sketch maps, no basis for drawing borders. All data are synthetic.</p></footer>'
    )


def _picture(story: Story, name: str, words: str, english: str) -> str:
    data = base64.b64encode(story.pictures[name].read_bytes()).decode("ascii")
    form = "map" if name in ("plan", "blocks") else "wide"
    image = f'<img src="data:image/png;base64,{data}" alt="{escape(words)}">'
    return (
        f'<figure class="{form}"><a href="{story.pictures[name].name}">{image}</a>'
        f'<figcaption>{escape(words)} <span lang="en">{escape(english)}</span> · {MAP_NOTE}</figcaption></figure>'
    )


def _band(profile: object) -> str:
    title, band = getattr(profile, "title", ""), getattr(profile, "households", None)
    return str(title) if band is None else f"{title}{band[0]}–{band[1]}"

"""操作指南: what each role does first, step by step, in the very words of the pages; a test follows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Verb(models.TextChoices):
    """What a hand or an eye does at a page, with the words that stand there."""

    OPEN = "open", _("打开")  # an entry of the menu
    PRESS = "press", _("点")  # a link or a button
    TAKE = "take", _("点选")  # one thing of a list: the words tell which, they do not stand there
    FILL = "fill", _("填写")  # a field, by its label
    CHOOSE = "choose", _("选定")  # one of several, by what is asked
    SEE = "see", _("看到")


@dataclass(frozen=True)
class Step:
    """What one does, move after move, and what comes of it."""

    moves: tuple[tuple[Verb, Words], ...]
    so: Words


@dataclass(frozen=True)
class Task:
    """Something that a role does; `role` is its code, '' who has no account."""

    title: Words
    role: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Guide:
    """What a role begins with."""

    title: Words
    words: Words
    tasks: tuple[Task, ...]


OPEN, PRESS, TAKE, FILL, CHOOSE, SEE = Verb
MATTER = _("要办的那一件")
RESOLVE = Step(
    ((PRESS, _("处置完成")), (FILL, _("说明")), (PRESS, _("处置完成")), (SEE, _("待核查"))),
    _("说明写怎么办的、结果怎样，反映人看得到。点“预览”可先看他会看到什么。"),
)
VERIFY = Step(
    ((PRESS, _("核查结案")), (PRESS, _("核查结案")), (SEE, _("已结案"))),
    _("核实确已办好再结案。反映人随即看到答复，可以评价；没办好的，点“核查不通过”退回重办。"),
)
CHECK_UP = Step(
    ((OPEN, _("规模体检")), (PRESS, _("查看")), (SEE, _("结论"))),
    _("按所选的口径、日期和标准，逐个社区写明等级、是否需要拆分、缺多少人和用房；每个数都能点到地块。"),
)


def _sizes(role: str) -> Task:
    return Task(_("看哪些社区太大"), role, (CHECK_UP,))


GUIDES: dict[str, Guide] = {
    "resident": Guide(_("居民"), _("查自己属于哪个社区，反映问题，看办到哪一步。不用登录。"), (
        Task(_("查我家属于哪个社区"), "", (
            Step(((OPEN, _("首页")), (FILL, _("我家属于哪个社区？")), (PRESS, _("查询")), (SEE, _("现在属于"))),
                 _("填小区和楼号，俗称或拼音首字母也可以。将来要变的，写明从哪天起变成哪个社区。")),
        )),
        Task(_("反映一件事"), "", (
            Step(((OPEN, _("反映问题")), (FILL, _("什么事")), (FILL, _("在哪里")), (PRESS, _("提交")),
                  (SEE, _("查询码"))),
                 _("记下编号和查询码。照片、联系方式都可以不留。")),
        )),
        Task(_("看办到哪一步"), "", (
            Step(((OPEN, _("查进度")), (FILL, _("编号")), (FILL, _("查询码")), (PRESS, _("查询")), (SEE, _("谁在办"))),
                 _("写明谁在办、最迟哪天答复。结案后可以评价；没解决的，重新办理。")),
        )),
        Task(_("看划分方案，提意见"), "", (
            Step(((OPEN, _("方案公示")), (TAKE, _("要看的方案")), (PRESS, _("看我家"))),
                 _("写明我家拟归哪个社区，什么变、什么不变。有意见，点“提意见”，与反映问题一样办理和答复。")),
        )),
    )),
    "grid-worker": Guide(_("网格员"), _("办派来的事，报看到的事。"), (
        Task(_("办结派来的事"), "grid_worker", (
            Step(((OPEN, _("今日")), (TAKE, MATTER)), _("最急的排在最前；期限写在每一件的右边。")),
            RESOLVE,
        )),
        Task(_("办不了，退回"), "grid_worker", (
            Step(((OPEN, _("今日")), (TAKE, MATTER), (PRESS, _("退回")), (FILL, _("说明")), (PRESS, _("退回")),
                  (SEE, _("已退回"))),
                 _("写明为什么办不了。事项回到社区，答复期限不变。")),
        )),
        Task(_("上报巡查发现"), "grid_worker", (
            Step(((OPEN, _("今日")), (PRESS, _("代录事项")), (PRESS, _("改为巡查发现")), (FILL, _("什么事")),
                  (FILL, _("在哪里")), (PRESS, _("提交")), (SEE, _("待受理"))),
                 _("一句话即可，照片可以不附。居民来电来访，也从“代录事项”记下。")),
        )),
    )),
    "community-secretary": Guide(_("社区书记"), _("派事、核查结案，看本社区的规模。"), (
        Task(_("把新来的事派给网格"), "community_secretary", (
            Step(((OPEN, _("今日")), (TAKE, MATTER)), _("先看内容和地点；类别不对，点“改类别”。")),
            Step(((PRESS, _("派遣")), (CHOOSE, _("给谁")), (PRESS, _("派遣")), (SEE, _("处置中"))),
                 _("自己办的，点“受理自办”。")),
        )),
        Task(_("办不了，上报街道"), "community_secretary", (
            Step(((OPEN, _("今日")), (TAKE, MATTER), (PRESS, _("更多")), (PRESS, _("上报")), (FILL, _("说明")),
                  (PRESS, _("上报")), (SEE, _("待受理"))),
                 _("写明为什么超出社区职权。事项交到街道，答复期限不变。")),
        )),
        Task(_("核查结案"), "community_secretary", (
            Step(((OPEN, _("今日")), (TAKE, MATTER)), _("网格员办完的事，状态是“待核查”。")),
            VERIFY,
        )),
        _sizes("community_secretary"),
    )),
    "street-clerk": Guide(_("街道经办"), _("受理和答复、导入数据、体检、做划分方案。"), (
        Task(_("受理一件事，办完答复"), "street_clerk", (
            Step(((OPEN, _("今日")), (TAKE, MATTER)), _("最急的排在最前；期限写在每一件的右边。")),
            Step(((PRESS, _("受理自办")), (PRESS, _("受理自办")), (SEE, _("处置中"))),
                 _("说明可以不填。该由社区办的，点“派遣”；超出街道职权的，在“更多”里点“上报”。")),
            RESOLVE,
            VERIFY,
        )),
        Task(_("导入数据"), "street_clerk", (
            Step(((OPEN, _("数据导入")), (PRESS, _("导入文件")), (SEE, _("上传文件"))),
                 _("有样表可下载。上传后逐步确认坐标和列名，在地图上核对每一处变化，再入库；入库后可以撤销。")),
        )),
        _sizes("street_clerk"),
        Task(_("做划分方案"), "street_clerk", (
            Step(((OPEN, _("划分项目")), (PRESS, _("拆分（分设）")), (SEE, _("开立"))),
                 _("选社区、口径和户数上下限。开立后点“请引擎找方案”，找到的方案可在地图上改、并列比较，再公示。")),
        )),
    )),
    "district-officer": Guide(_("区级主管科室"), _("定标准，定方案的生效日期，看全区。"), (
        _sizes("district_officer"),
        Task(_("修改规模标准"), "district_officer", (
            Step(((OPEN, _("规模标准")), (TAKE, _("要改的标准")), (PRESS, _("发布新版")), (SEE, _("看影响"))),
                 _("先看对现有社区的影响，再发布。发布后不能改，只能再发一版；以前的体检仍按旧版。")),
        )),
        Task(_("使方案生效"), "district_officer", (
            Step(((OPEN, _("划分项目")), (TAKE, _("项目")), (TAKE, _("公示过的方案")), (PRESS, _("使方案生效")),
                  (SEE, _("生效"))),
                 _("程序各步签办齐全后，写明日期和依据；当天零点生效，之前可以撤回。")),
        )),
    )),
    "administrators": Guide(_("三类管理员"), _("系统、安全、审计各管一事，互不兼任。首次登录须设动态口令。"), (
        Task(_("安全管理员：开通账号"), "security_administrator", (
            Step(((OPEN, _("账号")), (PRESS, _("开通账号")), (FILL, _("账号")), (FILL, _("姓名")),
                  (PRESS, _("开通账号")), (SEE, _("一次性密码"))),
                 _("密码只显示这一次，当面交给本人。人多时用“导入名册”。")),
        )),
        Task(_("安全管理员：任命"), "security_administrator", (
            Step(((OPEN, _("区划与岗位")), (TAKE, _("单位")), (TAKE, _("岗位")), (PRESS, _("任命")),
                  (SEE, _("到岗时间"))),
                 _("填账号和到岗时间，再点“任命”。账号本身没有权限，权限来自岗位；离岗即收回。")),
        )),
        Task(_("系统管理员：看后台任务"), "system_administrator", (
            Step(((OPEN, _("后台任务")), (PRESS, _("查看"))), _("看进度，也可以取消。备份、恢复、升级在机器上做。")),
        )),
        Task(_("审计管理员：查操作记录"), "audit_administrator", (
            Step(((OPEN, _("审计")), (FILL, _("账号")), (PRESS, _("筛选"))),
                 _("看谁在什么时候做了什么。记录只增不改。")),
        )),
    )),
}  # fmt: skip

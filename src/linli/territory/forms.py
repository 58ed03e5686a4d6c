"""What is asked on the way of an import: the file, its coordinates, its columns."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.org.forms.fields import DayField
from linli.org.models import Division
from linli.territory.importing.fields import COUNT_NAMES, Field, fields_of
from linli.territory.models import ImportBatch

NOT_IMPORTED = _("不导入")


class StreetField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A street by its title."""

    def label_from_instance(self, obj: Any) -> str:
        """Say what the reader calls it."""
        return str(obj.title)


class UploadForm(forms.Form):
    """A file, what it holds, for which street."""

    street = StreetField(label=_("街道"), queryset=Division.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("文件内容"), choices=ImportBatch.Kind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("文件"),
        help_text=_("GeoPackage、GeoJSON、打包成 ZIP 的 Shapefile、XLSX 或 CSV，最大 64 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".gpkg,.geojson,.json,.zip,.xlsx,.xlsm,.csv,.tsv,.txt"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, streets: QuerySet[Division], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["street"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = streets


class SystemForm(forms.Form):
    """The coordinate system: one of those that fit, or another by name."""

    crs = forms.ChoiceField(label=_("坐标系"), required=False, widget=forms.RadioSelect)
    other = forms.CharField(
        label=_("其他坐标系"),
        max_length=60,
        required=False,
        help_text=_("上面都不是才填：EPSG: 加编号，如 EPSG:4543。"),
    )

    def __init__(self, choices: Sequence[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["crs"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        said: dict[str, Any] = super().clean() or {}
        if not said.get("crs") and not said.get("other") and not self.errors:
            self.add_error("crs", _("请选一个坐标系。"))
        return said


class ColumnsForm(forms.Form):
    """Which column holds which field, and what the file does not say by itself."""

    source = forms.CharField(
        label=_("户数来源"), max_length=120, required=False, help_text=_("有户数、人口各列时必填，如“街道住户台账”。")
    )
    as_of = DayField(label=_("户数截至"), required=False, initial=None)
    credit = forms.CharField(
        label=_("来源要求的署名"),
        max_length=200,
        required=False,
        help_text=_("印在每张地图下面，如审图号；开放街道图的会自动认出。"),
    )
    complete = forms.BooleanField(label=_("文件里有本街道的全部地块，没有的即已不存在"), required=False)
    members_from = DayField(
        label=_("首次归属的起始日期"),
        required=False,
        initial=None,
        help_text=_("填了，就按“社区”一列把还没有归属的地块划给社区，从这一天起。"),
    )
    leave_out = forms.BooleanField(label=_("有错误的行不导入，其余照常导入"), required=False)

    def __init__(self, kind: str, columns: Sequence[str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", NOT_IMPORTED), *((column, column) for column in columns)]
        self.asked: tuple[Field, ...] = fields_of(kind)
        own = {
            f"column_{field.name}": forms.ChoiceField(label=str(field.title), choices=choices, required=field.required)
            for field in self.asked
        }
        rest = dict(self.fields)
        if kind == ImportBatch.Kind.DIVISIONS:
            rest = {name: rest[name] for name in ("members_from", "source", "leave_out")}
            rest["members_from"].label, rest["source"].label = _("设立日期"), _("依据")
            rest["members_from"].help_text = _("文件里没有写设立日期的社区，都从这一天起。")
            rest["source"].help_text = _("文号和日期，如“云川政发〔2026〕1号”；没有可不填。")
        elif kind != ImportBatch.Kind.BLOCKS:
            del rest["complete"], rest["members_from"]
        if kind != ImportBatch.Kind.DIVISIONS and not any(field.name in COUNT_NAMES for field in self.asked):
            del rest["source"], rest["as_of"]
        self.fields = own | rest

    def clean(self) -> dict[str, Any]:
        """Refuse one column for two fields, and counts without source and day."""
        said: dict[str, Any] = super().clean() or {}
        seen: dict[str, str] = {}
        for field in self.asked:
            column = said.get(f"column_{field.name}", "")
            if column and column in seen:
                self.add_error(f"column_{field.name}", _("这一列已对应“%(other)s”。") % {"other": seen[column]})
            seen.setdefault(column, str(field.title))
        if any(said.get(f"column_{name}") for name in COUNT_NAMES):
            for name, words in (("source", _("请写明户数是谁的数。")), ("as_of", _("请写明户数截至哪一天。"))):
                if not said.get(name):
                    self.add_error(name, words)
        return said

    @property
    def mapping(self) -> dict[str, str]:
        """Column by field, for the fields that have one."""
        said: Mapping[str, Any] = self.cleaned_data
        return {field.name: said[f"column_{field.name}"] for field in self.asked if said.get(f"column_{field.name}")}

    @property
    def settings(self) -> dict[str, Any]:
        """What the file does not say by itself, as `map_columns` takes it."""
        said = self.cleaned_data
        names = ("source", "as_of", "credit", "complete", "members_from", "leave_out")
        return {name: said[name] for name in names if name in said}

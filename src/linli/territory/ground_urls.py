"""The addresses of the ground for staff, under /ground/."""

from __future__ import annotations

from django.urls import path, re_path

from linli.territory.views import blocks, import_files, imports

app_name = "ground"
urlpatterns = [
    path("blocks/", blocks.blocks, name="blocks"),
    path("blocks/<slug:street>/<str:code>/", blocks.block, name="block"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new", imports.upload, name="upload"),
    path("imports/sample/<slug:kind>", import_files.sample, name="sample"),
    path("imports/<int:pk>/", imports.step, name="import"),
    path("imports/<int:pk>/locate", imports.locate, name="locate"),
    path("imports/<int:pk>/place.json", import_files.place, name="place"),
    path("imports/<int:pk>/columns", imports.columns, name="columns"),
    path("imports/<int:pk>/check", imports.check, name="check"),
    path("imports/<int:pk>/changes.json", import_files.changes, name="changes"),
    re_path(r"^imports/(?P<pk>\d+)/problems\.(?P<ending>xlsx|csv)$", import_files.problems, name="problems"),
    path("imports/<int:pk>/apply", imports.apply, name="apply"),
    path("imports/<int:pk>/stop", imports.stop, name="stop"),
    path("imports/<int:pk>/undo", imports.undo, name="undo"),
    path("imports/<int:pk>/discard", imports.discard, name="discard"),
]

"""The addresses of planning, under /planning/."""

from __future__ import annotations

from django.urls import path

from linli.planning.views import (
    comparing,
    diagnosis,
    papers,
    plans,
    procedure,
    projects,
    public_plans,
    standards,
    workbench,
)

app_name = "planning"
urlpatterns = [
    path("diagnosis/", diagnosis.diagnosis, name="diagnosis"),
    path("diagnosis/table.xlsx", diagnosis.table, name="table"),
    path("diagnosis/<slug:code>/", diagnosis.community, name="community"),
    path("standards/", standards.standards, name="standards"),
    path("standards/<slug:code>/publish", standards.publish, name="publish"),
    path("standards/<slug:code>/<int:version>/", standards.standard, name="standard"),
    path("projects/", projects.projects, name="projects"),
    path("projects/new", projects.new_project, name="new-project"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/run", projects.new_run, name="new-run"),
    path("runs/<int:pk>/cancel", projects.cancel, name="cancel-run"),
    path("projects/<int:pk>/<int:number>/", plans.plan, name="plan"),
    path("projects/<int:pk>/<int:number>/beside", comparing.beside, name="beside"),
    path("projects/<int:pk>/<int:number>/dossier", comparing.dossier, name="dossier"),
    path("projects/<int:pk>/<int:number>/neutral", comparing.draw, name="draw-neutral"),
    path("projects/<int:pk>/tradeoff", comparing.tradeoff, name="tradeoff"),
    path("projects/<int:pk>/figures", comparing.figures_page, name="figures"),
    path("projects/<int:pk>/<int:number>/plan.gpkg", plans.plan_file, name="plan-file"),
    path("projects/<int:pk>/objective", papers.objective, name="objective"),
    path("projects/<int:pk>/<int:number>/account/", papers.account, name="account"),
    path("projects/<int:pk>/<int:number>/sides/<int:place>", papers.sides, name="sides"),
    path("projects/<int:pk>/<int:number>/proposals/<int:place>", papers.proposals, name="proposals"),
    path("projects/<int:pk>/<int:number>/papers/<slug:name>.docx", papers.paper, name="paper"),
    path("projects/<int:pk>/<int:number>/plan.geojson", papers.geojson, name="plan-geojson"),
    path("projects/<int:pk>/<int:number>/reasons", plans.reasons, name="reasons"),
    path("projects/<int:pk>/<int:number>/pack.zip", plans.pack, name="pack"),
    path("projects/<int:pk>/<int:number>/publish", plans.publish, name="publish-plan"),
    path("projects/<int:pk>/<int:number>/enact", plans.put_in_force, name="enact"),
    path("enactments/<int:pk>/undo", plans.take_back, name="undo-enactment"),
    path("enactments/<int:pk>/hand-over", plans.pass_over, name="hand-over"),
    path("projects/<int:pk>/<int:number>/draw", workbench.workbench, name="workbench"),
    path("projects/<int:pk>/<int:number>/ground.json", workbench.ground, name="workbench-ground"),
    path("projects/<int:pk>/<int:number>/work", workbench.work, name="work"),
    path("projects/<int:pk>/<int:number>/save", workbench.save, name="save"),
    path("procedures/", procedure.under_way, name="under-way"),
    path("procedures/<slug:code>/publish", procedure.publish, name="publish-procedure"),
    path("procedures/<slug:code>/<int:version>/", procedure.version, name="procedure-version"),
    path("projects/<int:pk>/procedure/", procedure.procedure, name="procedure"),
    path("projects/<int:pk>/procedure/waive", procedure.waive, name="waive"),
    path("projects/<int:pk>/procedure/<slug:step>/sign", procedure.sign, name="sign"),
    path("projects/<int:pk>/procedure/<slug:step>/take-back", procedure.take_back, name="take-back-step"),
    path("public/", public_plans.public_plans, name="public-plans"),
    path("public/<int:pk>/", public_plans.public_plan, name="public-plan"),
]

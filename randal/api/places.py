"""Provinces, units, kawasan and kegiatan: what the reports are about. Written by admin and secretariat."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from sqlalchemy import select

from randal.api.furniture import RowOut
from randal.api.resources import Resource, serve
from randal.models.progress import Activity, Area
from randal.org.places import Province, Unit
from randal.rooms.evaluation import places
from randal.rooms.evaluation.forms import ActivityForm, AreaForm, UnitForm


class ProvinceOut(Schema):
    id = fields.Integer()
    iso = fields.String()
    name = fields.String()
    capital = fields.String()
    timezone = fields.String()
    existed_2018 = fields.Boolean()
    external_ids = fields.Dict()


def _iso(row: Any) -> str | None:
    return row.province.iso if row.province else None


class UnitOut(RowOut):
    code = fields.String(allow_none=True)
    name = fields.String()
    province = fields.Function(_iso)
    timezone = fields.String()
    external_ids = fields.Dict()


class AreaOut(RowOut):
    name = fields.String()
    province = fields.Function(_iso)
    theme = fields.String(metadata={"description": "Tema tahun ini"})
    kind = fields.Function(lambda row: row.kind.name if row.kind else None)
    districts = fields.List(fields.String())
    sectors = fields.List(fields.String())
    latitude = fields.Decimal(as_string=True, allow_none=True)
    longitude = fields.Decimal(as_string=True, allow_none=True)
    external_ids = fields.Dict()


class ActivityOut(RowOut):
    unit_id = fields.Integer()
    area_id = fields.Integer(allow_none=True)
    name = fields.String()
    sector = fields.String()
    budget = fields.Decimal(as_string=True, metadata={"description": "Rupiah"})
    stage = fields.String(allow_none=True)
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    active = fields.Boolean()
    external_ids = fields.Dict()


def in_province(model: Any) -> Any:
    return lambda iso: model.province_id.in_(select(Province.id).where(Province.iso == iso.upper()))


serve(Resource("provinces", Province, ProvinceOut, filters={"iso": Province.iso, "name": Province.name}))
serve(
    Resource(
        "units",
        Unit,
        UnitOut,
        create=places.make_unit,
        create_schema=UnitForm,
        update=places.edit_unit,
        update_schema=UnitForm,
        filters={"code": Unit.code, "name": Unit.name, "province": in_province(Unit)},
    )
)
serve(
    Resource(
        "areas",
        Area,
        AreaOut,
        create=places.make_area,
        create_schema=AreaForm,
        update=places.edit_area,
        update_schema=AreaForm,
        filters={"name": Area.name, "theme": Area.theme, "province": in_province(Area)},
    )
)
serve(
    Resource(
        "activities",
        Activity,
        ActivityOut,
        create=places.make_activity,
        create_schema=ActivityForm,
        update=places.edit_activity,
        update_schema=ActivityForm,
        filters={
            "unit_id": Activity.unit_id,
            "area_id": Activity.area_id,
            "sector": Activity.sector,
            "active": Activity.active,
        },
    )
)

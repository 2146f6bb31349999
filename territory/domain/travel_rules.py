"""What `scenario.toml` says about travel where no matrix is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le

from territory.domain.marks import FORBID_UNKNOWN_KEYS, Count, Doc, NonNegative, Positive


@dataclass(frozen=True)
class SpeedZone:
    """A disc with its own speed: a jammed centre, an island, a district of fast roads."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    name: Annotated[str, Doc("name of the zone, English")]
    lat: Annotated[float, Ge(-90), Le(90), Doc("latitude of its centre", "degrees")]
    lon: Annotated[float, Ge(-180), Le(180), Doc("longitude of its centre", "degrees")]
    radius_km: Annotated[Positive, Doc("places this near to the centre, as the crow flies, lie in it", "km")]
    speed_kmh: Annotated[
        Positive,
        Doc(
            "speed inside: a leg between two places of the zone is driven at it throughout; of any other leg, the half "
            "of its city_km at the end in the zone; where zones overlap the smallest counts",
            "km/h",
        ),
    ]
    name_zh: Annotated[str, Doc("name of the zone, Chinese")] = ""


@dataclass(frozen=True)
class TravelRules:
    """``[travel]``: minutes from kilometres, where no matrix is given."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    detour: Annotated[float, Ge(1), Le(3), Doc("road km per km as the crow flies", "factor")] = 1.3
    city_speed_kmh: Annotated[Positive, Doc("speed on the first city_km of a leg", "km/h")] = 25.0
    road_speed_kmh: Annotated[Positive, Doc("speed beyond city_km", "km/h")] = 60.0
    city_km: Annotated[NonNegative, Doc("road km of a leg driven at city speed", "km")] = 10.0
    stop_minutes: Annotated[Count, Doc("parking and walking, added to each leg longer than zero", "minutes")] = 3
    zones: Annotated[tuple[SpeedZone, ...], Doc("discs with a speed of their own, instead of city_speed_kmh")] = ()

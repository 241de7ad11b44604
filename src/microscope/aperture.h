// The probe-forming aperture on the pixels of reciprocal space.
#pragma once

namespace terrace {

/// The part of the area [x0, x1] × [y0, y1] that lies inside the disc of `radius` around the origin (exact; any unit).
/// Its derivative by the radius is the length of the arc inside the rectangle, so it is smooth enough to fit with.
double area_inside_disc(double radius, double y0, double y1, double x0, double x1);

}  // namespace terrace

// A scan that looks like one of an interface, made of interfering diffraction discs: enough to try the report on.
#pragma once

#include "core/array.h"
#include "formats/scan.h"

namespace terrace {

class ExampleScan : public Scan {
 public:
  ExampleScan(int height, int width, int pixels);
  void read(int row, int column, std::span<float> pattern) const override;

 private:
  std::span<float> pattern(int row, int column);
  void fill(int row, int column);
  Array<float, 4> patterns_;
};

/// The pattern of a probe `x_cells`, `y_cells` from the interface, whose film share is `film`; adds to nothing, fills
/// all.
void fill_pattern(double x_cells, double y_cells, double film, int pixels, double mrad_per_pixel,
                  std::span<float> pattern);

}  // namespace terrace

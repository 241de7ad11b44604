// Sharing out the content of one row of pixels over another by overlap: reciprocal pixels onto a camera, a user's
// detector onto the standard grid. Separable, so one axis at a time.
#pragma once

#include <span>
#include <vector>

namespace terrace {

/// `count` evenly spaced pixels; pixel i is |pitch| wide and its middle lies at (i − centre) · pitch. `centre` may be
/// any number, `pitch` negative for an axis that runs backwards; its unit is free (mrad, 1/Å) but must be that of the
/// other axis.
struct PixelAxis {
  int count = 0;
  double pitch = 1;
  double centre = 0;

  double middle(int index) const { return (index - centre) * pitch; }
};

/// The share of each input pixel that falls on each output pixel: overlap / input width. A sum over output pixels is 1
/// for input pixels wholly inside the output's reach, so that intensity is conserved; content beyond it is lost.
/// Output pixel o takes weights(o)[j] of input pixel first(o) + j; consecutive input pixels always.
class AreaWeights {
 public:
  /// Throws InputError for an empty axis or a pitch of 0.
  AreaWeights(const PixelAxis& input, const PixelAxis& output);

  int input_count() const { return input_count_; }
  int output_count() const { return static_cast<int>(rows_.size()); }
  int first(int output) const { return rows_[output].first; }
  std::span<const float> weights(int output) const { return rows_[output].weights; }
  /// The share of output pixel `output` that input pixels cover: 1 inside the input's reach, 0 outside.
  double covered(int output) const { return rows_[output].covered; }

 private:
  struct Row {
    int first = 0;
    double covered = 0;
    std::vector<float> weights;
  };
  int input_count_;
  std::vector<Row> rows_;
};

/// output[Y][X] = Σ rows(Y, y) columns(X, x) input[y][x], row-major; both spans have the sizes of the axes.
/// `scratch` is resized as needed, so that a caller with many patterns allocates once.
void rebin(const AreaWeights& rows, const AreaWeights& columns, std::span<const float> input, std::span<float> output,
           std::vector<float>& scratch);

}  // namespace terrace

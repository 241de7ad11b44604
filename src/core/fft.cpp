#include "core/fft.h"

#include <fftw3.h>

#include <map>
#include <mutex>
#include <utility>

#include "core/error.h"

namespace terrace {
namespace {

// FFTW's planner keeps global state: one thread at a time.
std::mutex planner;

fftwf_complex* as_fftw(Complex* wave) { return reinterpret_cast<fftwf_complex*>(wave); }

}  // namespace

struct Fft2::Plans {
  fftwf_plan forward, inverse;
  Plans(int height, int width) {
    Array<Complex, 2> scratch({height, width});
    auto* wave = as_fftw(scratch.data());
    forward = fftwf_plan_dft_2d(height, width, wave, wave, FFTW_FORWARD, FFTW_PATIENT);
    inverse = fftwf_plan_dft_2d(height, width, wave, wave, FFTW_BACKWARD, FFTW_PATIENT);
    if (!forward || !inverse) throw ResourceError("FFTW could not plan a transform. Is there enough memory?");
  }
  ~Plans() {
    std::lock_guard lock(planner);
    fftwf_destroy_plan(forward);
    fftwf_destroy_plan(inverse);
  }
};

Fft2::Fft2(int height, int width) : height_(height), width_(width) {
  static std::map<std::pair<int, int>, std::weak_ptr<const Plans>> known;
  std::lock_guard lock(planner);
  auto& slot = known[{height, width}];
  plans_ = slot.lock();
  if (!plans_) slot = plans_ = std::make_shared<const Plans>(height, width);
}
Fft2::Fft2(Fft2&&) noexcept = default;
Fft2& Fft2::operator=(Fft2&&) noexcept = default;
Fft2::~Fft2() = default;

void Fft2::forward(std::span<Complex> wave) const {
  fftwf_execute_dft(plans_->forward, as_fftw(wave.data()), as_fftw(wave.data()));
}
void Fft2::inverse(std::span<Complex> wave) const {
  fftwf_execute_dft(plans_->inverse, as_fftw(wave.data()), as_fftw(wave.data()));
}

std::string fft_wisdom() {
  std::lock_guard lock(planner);
  char* text = fftwf_export_wisdom_to_string();
  std::string wisdom = text ? text : "";
  fftwf_free(text);
  return wisdom;
}

void load_fft_wisdom(const std::string& wisdom) {
  std::lock_guard lock(planner);
  fftwf_import_wisdom_from_string(wisdom.c_str());
}

}  // namespace terrace

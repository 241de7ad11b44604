// Which engine a plan is simulated with, why, and what it will cost.
#pragma once

#include <string>

#include "multislice/simulation.h"

namespace terrace {

enum class Engine { direct, sectors };

/// The program with its libraries and their buffers, before any wave (resident, measured): part of every estimate.
inline constexpr double program_bytes = 28e6;

struct EngineChoice {
  Engine engine = Engine::direct;
  std::string reason;       ///< a clause to print after the engine's name
  double work = 0;          ///< in seconds of one core of the machine the model was fitted on (a 2023 server)
  double memory_bytes = 0;  ///< at its highest, patterns not counted, on the threads asked for
};

/// By counting: steps times pixels for each, and multiplications where sectors sum. Depends on the plan alone, so that
/// data sets repeat. Throws InputError where `sampling.engine` names an engine that cannot be used here.
EngineChoice choose_engine(const SimulationPlan& plan, int threads);

/// What the scattering matrix of one exit takes to keep: all sectors of it, and the largest (which EngineChoice counts
/// already).
struct MatrixBytes {
  double all = 0, largest = 0;
};
MatrixBytes matrix_bytes(const SimulationPlan& plan);

/// How much longer a step takes here than on the machine that EngineChoice::work counts in; measured for some
/// milliseconds.
double slowness_of_this_machine();

std::string name_of(Engine engine);

}  // namespace terrace

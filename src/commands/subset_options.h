// What limit and trials take of a study: which families, at which doses.
#pragma once

#include <string>
#include <vector>

#include "commands/command.h"

namespace terrace {

/// Adds --families and --split.
void add_families_options(CLI::App& app, int& families, std::string& split);
/// Adds --doses, in electrons a pattern, none below `least`.
void add_doses_option(CLI::App& app, std::vector<double>& electrons_per_pattern, double least);

}  // namespace terrace

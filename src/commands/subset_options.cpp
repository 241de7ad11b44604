#include "commands/subset_options.h"

namespace terrace {

void add_families_options(CLI::App& app, int& families, std::string& split) {
  app.add_option("--families", families, "families to judge, the first of the split")
      ->check(CLI::Range(1, 1000000).description(""))
      ->capture_default_str();
  app.add_option("--split", split, "which families: test, or a held-out set of the recipe")->capture_default_str();
}

void add_doses_option(CLI::App& app, std::vector<double>& electrons_per_pattern, double least) {
  app.add_option("--doses", electrons_per_pattern, "electrons per pattern of the standard grid")
      ->delimiter(',')
      ->check(CLI::Range(least, 1e9).description(""))
      ->capture_default_str();
}

}  // namespace terrace

#include "core/nearest_name.h"

#include <algorithm>
#include <numeric>

namespace terrace {
namespace {

// Levenshtein (1966), one row at a time.
int edits(const std::string& a, const std::string& b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i) + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const int replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(const std::string& name, const std::vector<std::string>& known) {
  const auto nearer = [&](const auto& a, const auto& b) { return edits(name, a) < edits(name, b); };
  const auto best = std::min_element(known.begin(), known.end(), nearer);
  return best == known.end() ? "" : *best;
}

}  // namespace terrace

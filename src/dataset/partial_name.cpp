#include "dataset/partial_name.h"

#include <fmt/format.h>
#include <unistd.h>

namespace terrace {

std::filesystem::path own_partial_of(const std::filesystem::path& whole) {
  char machine[256] = "";
  gethostname(machine, sizeof(machine) - 1);
  return fmt::format("{}.{}-{}.partial", whole.string(), machine, getpid());
}

bool is_partial_of(std::string_view name, std::string_view whole) {
  return name.starts_with(whole) && name.substr(whole.size()).starts_with('.') && name.ends_with(".partial");
}

}  // namespace terrace

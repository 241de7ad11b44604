#include "commands/wisdom_cache.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/fft.h"

namespace terrace {
namespace {

std::filesystem::path cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
    return std::filesystem::path(cache) / "terrace";
  if (const char* home = std::getenv("HOME"); home && *home) return std::filesystem::path(home) / ".cache" / "terrace";
  return {};
}

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line;
  return "unknown";
}

}  // namespace

WisdomCache::WisdomCache() {
  const auto folder = cache_folder();
  if (folder.empty()) return;
  // Plans tuned for one processor are valid but slow on another: a file for each kind.
  path_ = folder / ("fftw-" + std::to_string(std::hash<std::string>{}(processor_name())) + ".wisdom");
  std::ifstream file(path_);
  std::stringstream text;
  text << file.rdbuf();
  loaded_ = text.str();
  load_fft_wisdom(loaded_);
}

WisdomCache::~WisdomCache() {
  if (path_.empty()) return;
  const std::string learnt = fft_wisdom();
  if (learnt == loaded_) return;
  std::error_code ignored;
  std::filesystem::create_directories(path_.parent_path(), ignored);
  const auto partial = path_.string() + "." + std::to_string(getpid()) + ".partial";
  const bool written = static_cast<bool>(std::ofstream(partial) << learnt);
  if (written)
    std::filesystem::rename(partial, path_, ignored);
  else
    std::filesystem::remove(partial, ignored);
}

}  // namespace terrace

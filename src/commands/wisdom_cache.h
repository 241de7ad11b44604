// What FFTW's planner has learnt on this machine, kept between runs.
#pragma once

#include <filesystem>
#include <string>

namespace terrace {

/// Loads the wisdom of $XDG_CACHE_HOME/terrace (or ~/.cache/terrace) at first and saves what is new at last. A cache
/// that cannot be read or written is passed over: plans are then made again.
class WisdomCache {
 public:
  WisdomCache();
  ~WisdomCache();
  WisdomCache(const WisdomCache&) = delete;
  WisdomCache& operator=(const WisdomCache&) = delete;

 private:
  std::filesystem::path path_;
  std::string loaded_;
};

}  // namespace terrace

// Transmission functions kept for their next use, the least recently used given up first.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "multislice/slices.h"

namespace terrace {

/// Holds at most `bytes` of transmission functions by name; those given up live on while somebody holds them.
/// Thread-safe.
class TransmissionCache {
 public:
  explicit TransmissionCache(std::int64_t bytes) : bytes_(bytes) {}

  /// The one called `name`, or null.
  std::shared_ptr<const Transmission> find(const std::string& name);
  /// Keeps `made` under `name`; where another thread was faster, that thread's is returned and `made` dropped.
  std::shared_ptr<const Transmission> keep(const std::string& name, std::shared_ptr<const Transmission> made);

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const Transmission>>;
  std::shared_ptr<const Transmission> find_unlocked(const std::string& name);

  std::int64_t bytes_, used_ = 0;
  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<std::string, std::list<Entry>::iterator> places_;
};

}  // namespace terrace

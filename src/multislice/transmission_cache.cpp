#include "multislice/transmission_cache.h"

namespace terrace {

std::shared_ptr<const Transmission> TransmissionCache::find_unlocked(const std::string& name) {
  const auto place = places_.find(name);
  if (place == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, place->second);
  return place->second->second;
}

std::shared_ptr<const Transmission> TransmissionCache::find(const std::string& name) {
  std::lock_guard lock(mutex_);
  return find_unlocked(name);
}

std::shared_ptr<const Transmission> TransmissionCache::keep(const std::string& name,
                                                            std::shared_ptr<const Transmission> made) {
  std::lock_guard lock(mutex_);
  if (auto earlier = find_unlocked(name)) return earlier;
  entries_.emplace_front(name, made);
  places_[name] = entries_.begin();
  used_ += bytes_of(*made);
  while (used_ > bytes_ && !entries_.empty()) {
    used_ -= bytes_of(*entries_.back().second);
    places_.erase(entries_.back().first);
    entries_.pop_back();
  }
  return made;
}

}  // namespace terrace

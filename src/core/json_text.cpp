#include "core/json_text.h"

#include "core/text_file.h"

namespace terrace {

std::string to_text(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void write_json(const std::filesystem::path& path, const nlohmann::ordered_json& json, int indent) {
  write_text(path, to_text(json, indent) + "\n");
}

}  // namespace terrace

// A limit as a file: what was asked, every judged sample, and the figures that rest on them.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "inversion/limit.h"

namespace terrace {

/// What a file must answer to be gone on with: recipe and request without the number of families.
nlohmann::ordered_json question_json(const Recipe& recipe, const LimitRequest& request);

/// The whole file, docs/formats.md.
nlohmann::ordered_json limit_json(const Recipe& recipe, const LimitRequest& request,
                                  const std::vector<JudgedStructure>& judged);

/// The judged samples of a file. Throws nlohmann::json::exception.
std::vector<JudgedStructure> judged_from_json(const nlohmann::ordered_json& json, const Exposure& exposure);

/// A dose as a key: "1000".
std::string dose_name(double electrons);

}  // namespace terrace
